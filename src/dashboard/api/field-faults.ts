import { Refused } from './failures.js';

/** One fault in the message of the API: the path of the field, the place in its list if it holds one, and what is wrong. */
const FAULT = /^input\.(?<field>\w+)(?:\.(?<place>\d+))? (?<wrong>.*)$/s;

/** How much of a value is shown, in characters. */
const LONGEST = 30;

/** The values that were sent for a field that holds a list. */
export type SentLists<F extends string> = Partial<Record<F, readonly string[]>>;

/**
 * What is wrong with these fields of a form, in words for people. The API names each fault by its path:
 * `input.name must not be empty; input.scopes.0 must have at most 100 characters`. Empty if nothing is wrong with any of them.
 */
export function fieldFaults<F extends string>(
  error: unknown,
  fields: readonly F[],
  sent: SentLists<F> = {},
): ReadonlyMap<F, string> {
  if (!(error instanceof Refused && error.argument?.startsWith('input.'))) return new Map();
  const found = error.message.split(/; (?=input\.)/).map((fault) => FAULT.exec(fault)?.groups);
  const faults = fields.map((field) => {
    const ofField = found.filter((fault) => fault?.field === field);
    const sentences = ofField.map((fault) => `${subject(fault?.place, sent[field])} ${fault?.wrong}.`);
    return [field, sentences.join(' ')] as const;
  });
  return new Map(faults.filter(([, text]) => text !== ''));
}

function subject(place: string | undefined, list: readonly string[] = []): string {
  if (place === undefined) return 'It';
  const characters = [...(list[Number(place)] ?? '')];
  const shown = characters.length > LONGEST ? `${characters.slice(0, LONGEST).join('')}…` : characters.join('');
  return `“${shown}” (number ${Number(place) + 1})`;
}
