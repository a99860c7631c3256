import { AnswerLost, Refused } from './failures.js';

/** An answer with all root fields. In the schema they are nullable, so that one refused field does not remove the others. */
export type Whole<T> = { [Field in keyof T]: NonNullable<T[Field]> };

/** An answer of GraphQL, as it comes. */
export interface Answer<T> {
  data?: T | null;
  errors?: readonly Fault[];
  /** What the header `Retry-After` says, in seconds; undefined if it is missing or says something else. */
  retryAfter?: number | undefined;
}

interface Fault {
  message: string;
  extensions?: { code?: string; docs?: string; path?: (string | number)[]; retryAfter?: number };
}

export function isWhole<T extends object>(answer: T): answer is T & Whole<T> {
  return Object.values(answer).every((field) => field !== null);
}

/**
 * The data of an answer.
 * @param partial accept fields that are missing below complete root fields, with an error for each
 * @throws Refused for the first error, AnswerLost for what is no answer of the API
 */
export function dataOf<T extends object>({ data, errors = [], retryAfter }: Answer<T>, partial = false): Whole<T> {
  const [fault] = errors;
  if (data && isWhole(data) && (!fault || partial)) return data;
  throw fault ? refusal(fault, retryAfter) : new AnswerLost();
}

function refusal({ message, extensions = {} }: Fault, retryAfter: number | undefined): Refused {
  const { code = 'INTERNAL_SERVER_ERROR', path, docs } = extensions;
  return new Refused(message, code, path?.join('.'), docs, extensions.retryAfter ?? retryAfter);
}
