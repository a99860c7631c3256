import { PATH } from '../../shared/paths.js';
import type { TypedDocumentString } from '../gql/graphql.js';
import { AnswerLost, Refused, signedOut } from './failures.js';
import { renewedFetch } from './renewed-fetch.js';
import { isWhole, type Whole } from './whole.js';

/** The time limit of a request, in milliseconds: longer than the server takes for a mutation. */
const PATIENCE = 30_000;

interface Fault {
  message: string;
  extensions?: { code?: string; docs?: string; path?: (string | number)[] };
}

interface Answer<T> {
  data?: T | null;
  errors?: Fault[];
}

export interface SendOptions {
  signal?: AbortSignal;
  /** Accept an answer whose root fields are complete but which lacks fields below them, with an error for each. */
  partial?: boolean;
}

/**
 * Sends a document to the API. The cookie identifies the user. Answers are not cached, since they can contain a secret.
 * @throws AnswerLost, SignedOut, Refused, and the signal's reason if it was aborted
 */
export async function send<T extends object, V>(
  document: TypedDocumentString<T, V>,
  variables: V,
  { signal, partial = false }: SendOptions = {},
): Promise<Whole<T>> {
  const { data, errors = [] } = (await ask<T>({ query: document.toString(), variables }, signal)) ?? {};
  const [fault] = errors;
  if (fault?.extensions?.code === 'UNAUTHENTICATED') throw signedOut();
  if (data && isWhole(data) && (!fault || partial)) return data;
  throw fault ? refusal(fault) : new AnswerLost();
}

/** Asserts a value that the schema makes nullable, and that an answer without errors always has. */
export function present<T>(value: T | null | undefined): T {
  if (value === null || value === undefined) throw new AnswerLost();
  return value;
}

async function ask<T>(request: object, signal: AbortSignal | undefined): Promise<Answer<T> | null> {
  const patience = AbortSignal.timeout(PATIENCE);
  try {
    const response = await renewedFetch(PATH.graphql, {
      method: 'POST',
      headers: { 'content-type': 'application/json', accept: 'application/graphql-response+json, application/json' },
      body: JSON.stringify(request),
      cache: 'no-store',
      redirect: 'error',
      signal: signal ? AbortSignal.any([signal, patience]) : patience,
    });
    // An answer that is not JSON comes from a proxy. It does not show whether the API made a change.
    return (await response.json()) as Answer<T> | null;
  } catch (cause) {
    signal?.throwIfAborted();
    if (cause instanceof Refused) throw cause;
    throw new AnswerLost({ cause });
  }
}

function refusal({ message, extensions = {} }: Fault): Refused {
  return new Refused(message, extensions.code ?? 'INTERNAL_SERVER_ERROR', extensions.path?.join('.'), extensions.docs);
}
