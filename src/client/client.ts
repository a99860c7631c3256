import { type Answer, dataOf, type Whole } from './answer.js';
import { AnswerLost, isOutcomeUnknown, Refused } from './failures.js';
import { resultsIn } from './feed.js';
import type { TypedDocumentString } from './gql/graphql.js';
import { heardBody } from './heard-body.js';
import { unlessSilent } from './unless-silent.js';

export * from './gql/graphql.js';
export type { Whole };
export { AnswerLost, isOutcomeUnknown, Refused };

/** Longer than the server takes for a mutation. */
const PATIENCE = 30_000;

/** The longest time that timers can wait for, in milliseconds. */
const LONGEST = 2_147_483_647;

const JSON_ANSWER = 'application/graphql-response+json, application/json';
const FEED = 'text/event-stream';

export interface ClientOptions {
  /** The address of Keyledger, such as `https://keys.example.com`. An empty text in a page of its own. */
  url: string;
  /** The bearer token, or a function that gives one for each request. Without it, a page of Keyledger sends its cookie. */
  token?: string | (() => string | Promise<string>) | undefined;
  /** For how many milliseconds to wait for an answer: a whole number. The default is 30,000. */
  timeout?: number | undefined;
  /** What to use instead of the global `fetch`. */
  fetch?: typeof fetch | undefined;
}

export interface SendOptions {
  signal?: AbortSignal | undefined;
  /** Accept an answer whose root fields are complete but which lacks fields below them, with an error for each. */
  partial?: boolean | undefined;
}

export interface RequestOptions {
  signal?: AbortSignal | undefined;
  /** The media types of the answer. The default is JSON. */
  accept?: string | undefined;
}

/** The variables of a document. Their type is inferred from the document alone, as with `NoInfer`, which TypeScript has from 5.4 on. */
type Given<V> = [V][V extends unknown ? 0 : never];

/** Sends documents to the GraphQL API. This module has documents for every part of it. */
export interface Client {
  /**
   * Sends a query or a mutation. Refusals that you should expect, such as `KeyLimitReached`, are members of its answer.
   * @throws Refused if the API answers with an error; AnswerLost if there is no answer; the reason of the signal if that was aborted
   */
  send<T extends object, V>(document: TypedDocumentString<T, V>, variables: Given<V>, options?: SendOptions): Promise<Whole<T>>;
  /**
   * Follows a subscription until you leave the loop, the signal aborts, or the server ends it. It does not connect again by itself: do so
   * with the last `cursor` as `after`, and no event is missing or repeated.
   * @throws Refused if the API answers with an error; AnswerLost if the connection is lost, or silent for 30 seconds
   */
  follow<T extends object, V>(
    document: TypedDocumentString<T, V>,
    variables: Given<V>,
    options?: Pick<SendOptions, 'signal'>,
  ): AsyncGenerator<Whole<T>, void>;
  /** Sends a document, typed or as text. Resolves with the answer as it comes, without a time limit of its own. */
  request<V>(
    document: TypedDocumentString<unknown, V> | string,
    variables?: Given<V>,
    options?: RequestOptions,
  ): Promise<Response>;
}

/**
 * Creates a client of the GraphQL API.
 * @example
 * const client = createClient({ url: 'https://keys.example.com', token });
 * const { createKey } = await client.send(CreateKeyDocument, { input: { name: 'ci' } });
 * @throws TypeError without an address, or for an option that is not valid
 */
export function createClient(options: ClientOptions): Client {
  if (typeof options?.url !== 'string')
    throw new TypeError("`createClient` needs the address of Keyledger, as text: { url: 'https://keys.example.com' }");
  const { url, token, timeout = PATIENCE, fetch: fetchFn = fetch } = options;
  if (!(Number.isInteger(timeout) && timeout >= 1 && timeout <= LONGEST))
    throw new TypeError(`\`timeout\` must be a whole number of milliseconds from 1 to ${LONGEST}.`);
  if (!['undefined', 'string', 'function'].includes(typeof token))
    throw new TypeError('`token` must be the bearer token, as text, or a function that gives one.');
  if (typeof fetchFn !== 'function') throw new TypeError('`fetch` must be a function.');
  const endpoint = `${url.replace(/\/+$/, '')}/graphql`;
  const authorization = async (): Promise<Record<string, string>> =>
    token === undefined ? {} : { authorization: `Bearer ${typeof token === 'function' ? await token() : token}` };

  // An answer can contain a secret. The cookie never goes together with a token, or to another origin.
  const always = {
    method: 'POST',
    cache: 'no-store',
    credentials: token === undefined ? 'same-origin' : 'omit',
    redirect: 'error',
  } as const;

  const request: Client['request'] = async (document, variables, { signal, accept = JSON_ANSWER } = {}) =>
    fetchFn(endpoint, {
      ...always,
      headers: { ...(await authorization()), 'content-type': 'application/json', accept },
      body: JSON.stringify({ query: document.toString(), variables }),
      ...(signal && { signal }),
    });

  return {
    request,
    send: async (document, variables, { signal, partial } = {}) => {
      const patience = AbortSignal.timeout(timeout);
      const limit = signal ? AbortSignal.any([signal, patience]) : patience;
      const ask = () => request(document, variables, { signal: limit });
      return dataOf(await answered(async () => parse(await ask(), limit), signal), partial);
    },
    follow: (document, variables, { signal } = {}) => follow((options) => request(document, variables, options), signal),
  };
}

async function* follow<T extends object>(
  request: (options: RequestOptions) => Promise<Response>,
  signal: AbortSignal | undefined,
): AsyncGenerator<Whole<T>, void> {
  const left = new AbortController();
  const either = signal ? AbortSignal.any([signal, left.signal]) : left.signal;
  try {
    const response = await answered(() => unlessSilent(request({ signal: either, accept: `${FEED}, ${JSON_ANSWER}` })), signal);
    const body = response.headers.get('content-type')?.startsWith(FEED) ? heardBody(response, either) : null;
    if (body) {
      const results = resultsIn<T>(body);
      for (;;) {
        const { value, done } = await answered(() => results.next(), signal);
        if (done) return;
        yield dataOf(value);
      }
    }
    yield dataOf(await answered(() => parse<T>(response, either), signal));
  } catch (error) {
    if (!signal?.aborted) throw error;
  } finally {
    left.abort();
  }
}

/** @throws Error for what is no answer of the API: it comes from a proxy, or from another address */
async function parse<T>(response: Response, signal: AbortSignal): Promise<Answer<T>> {
  const answer = answerIn<T>(await new Response(heardBody(response, signal)).text());
  if (answer) return { ...answer, retryAfter: secondsIn(response.headers.get('retry-after')) };
  throw new Error(`${response.url} answered ${response.status}, but not as the API does. Check \`url\`.`);
}

function secondsIn(header: string | null): number | undefined {
  return header !== null && /^\d+$/.test(header) ? Number(header) : undefined;
}

function answerIn<T>(text: string): Answer<T> | undefined {
  try {
    const answer = JSON.parse(text);
    return answer?.data || Array.isArray(answer?.errors) ? answer : undefined;
  } catch {
    return undefined;
  }
}

/** What is no answer of the API does not show whether the API made a change. */
async function answered<T>(ask: () => Promise<T>, signal: AbortSignal | undefined): Promise<T> {
  try {
    return await ask();
  } catch (cause) {
    signal?.throwIfAborted();
    throw cause instanceof Refused || cause instanceof AnswerLost ? cause : new AnswerLost({ cause });
  }
}
