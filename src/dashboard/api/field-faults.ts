import { Refused } from './failures.js';

/** One fault in the message of the API: the path of the field, the place in its list if it holds one, and what is wrong. */
const FAULT = /^input\.(?<field>\w+)(?<place>\.\d+)? (?<wrong>.*)$/s;

/**
 * What is wrong with these fields of a form, in words for people. The API names each fault by its path:
 * `input.name must not be empty; input.scopes.0 must have at most 100 characters`. Empty if nothing is wrong with any of them.
 */
export function fieldFaults<F extends string>(error: unknown, fields: readonly F[]): ReadonlyMap<F, string> {
  if (!(error instanceof Refused && error.argument?.startsWith('input.'))) return new Map();
  const found = error.message.split(/; (?=input\.)/).map((fault) => FAULT.exec(fault)?.groups);
  const faults = fields.map((field) => {
    const ofField = found.filter((fault) => fault?.field === field);
    const sentences = new Set(ofField.map((fault) => `${fault?.place ? 'Each' : 'It'} ${fault?.wrong}.`));
    return [field, [...sentences].join(' ')] as const;
  });
  return new Map(faults.filter(([, text]) => text !== ''));
}
