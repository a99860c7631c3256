import type { TypedDocumentString } from '../gql/graphql.js';
import { AnswerLost, Refused, signedOut } from './failures.js';
import { isWhole, type Whole } from './whole.js';

/** Longer than the server takes to answer a mutation, in milliseconds. */
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
  /** Whether an answer that lacks some fields below its root, with an error for each, is better than none. */
  partial?: boolean;
}

/**
 * Sends a document of ours to the API; the cookie says who asks. Nothing of an answer is kept: one of them holds a secret.
 * @throws AnswerLost, SignedOut, Refused, and the signal's reason where it was aborted
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

/** What an answer without errors holds, though the schema lets it be missing. */
export function present<T>(value: T | null | undefined): T {
  if (value === null || value === undefined) throw new AnswerLost();
  return value;
}

async function ask<T>(request: object, signal: AbortSignal | undefined): Promise<Answer<T> | null> {
  const patience = AbortSignal.timeout(PATIENCE);
  try {
    const response = await fetch('/graphql', {
      method: 'POST',
      headers: { 'content-type': 'application/json', accept: 'application/graphql-response+json, application/json' },
      body: JSON.stringify(request),
      cache: 'no-store',
      redirect: 'error',
      signal: signal ? AbortSignal.any([signal, patience]) : patience,
    });
    // Whatever is not JSON comes from somebody between us and the API, and says nothing of what that has done.
    return (await response.json()) as Answer<T> | null;
  } catch (cause) {
    signal?.throwIfAborted();
    throw new AnswerLost({ cause });
  }
}

function refusal({ message, extensions = {} }: Fault): Refused {
  return new Refused(message, extensions.code ?? 'INTERNAL_SERVER_ERROR', extensions.path?.join('.'), extensions.docs);
}
