import { AnswerLost, Refused } from './failures.js';

/** An answer with all root fields. In the schema they are nullable, so that one refused field does not remove the others. */
export type Whole<T> = { [Field in keyof T]: NonNullable<T[Field]> };

/** An answer of GraphQL, as it comes. */
export interface Answer<T> {
  data?: T | null;
  errors?: readonly Fault[];
}

interface Fault {
  message: string;
  extensions?: { code?: string; docs?: string; path?: (string | number)[] };
}

export function isWhole<T extends object>(answer: T): answer is T & Whole<T> {
  return Object.values(answer).every((field) => field !== null);
}

/**
 * The data of an answer.
 * @param partial accept fields that are missing below complete root fields, with an error for each
 * @throws Refused for the first error, AnswerLost for what is no answer of the API
 */
export function dataOf<T extends object>({ data, errors = [] }: Answer<T>, partial = false): Whole<T> {
  const [fault] = errors;
  if (data && isWhole(data) && (!fault || partial)) return data;
  throw fault ? refusal(fault) : new AnswerLost();
}

function refusal({ message, extensions = {} }: Fault): Refused {
  return new Refused(message, extensions.code ?? 'INTERNAL_SERVER_ERROR', extensions.path?.join('.'), extensions.docs);
}
