import type { Refusal, VerifiedKey } from './verified-key.js';

/** Keyledger did not say whose a key is. */
export class KeyledgerUnavailable extends Error {
  override readonly name = 'KeyledgerUnavailable';
  readonly code = 'KEYLEDGER_UNAVAILABLE';

  constructor(
    message: string,
    /** The status of its answer; undefined if there was none in time. */
    readonly status: number | undefined,
    /** Its header `Retry-After`. */
    readonly retryAfter: string | null = null,
    options?: ErrorOptions,
  ) {
    super(message, options);
  }
}

/** The answer of Keyledger about some credentials. */
export type Answer = { key: VerifiedKey; expiresIn: number; refusal?: undefined } | { key?: undefined; refusal: Refusal };

export interface Question {
  authorization: string | undefined;
  address: string | undefined;
}

/** The answers that are for the caller. Any other, such as a redirect, does not come from `/v1/verify` or says that it cannot answer. */
const FOR_CALLERS = [400, 401, 403, 429, 431];

/** The headers of an answer that are for the caller. */
const PASSED_ON = ['content-type', 'www-authenticate', 'retry-after', 'cache-control'];

/** What a header can hold. `fetch` would repeat other text in its error. */
const SENDABLE = /^[\t\x20-\x7e\x80-\xff]*$/;

/**
 * Asks Keyledger whose credentials these are. `fetch` keeps connections open and uses them again.
 * @throws KeyledgerUnavailable unless the answer is one for the caller
 */
export async function ask(url: URL, timeout: number, question: Question): Promise<Answer> {
  const signal = AbortSignal.timeout(timeout);
  try {
    const answer = await get(url, headersFor(question), signal);
    // Read to its end also where it is not used: only then can the connection be used again.
    const body = await answer.text();
    return FOR_CALLERS.includes(answer.status) ? { refusal: refusalOf(answer, body) } : accepted(url, answer);
  } catch (cause) {
    if (cause instanceof KeyledgerUnavailable) throw cause;
    const what = signal.aborted ? `did not answer within ${timeout} ms` : 'cannot be reached';
    throw new KeyledgerUnavailable(`Keyledger ${what} at ${url}.`, undefined, null, { cause });
  }
}

/** Asks once more if the connection was lost: Keyledger may have closed one that was kept open. */
async function get(url: URL, headers: Record<string, string>, signal: AbortSignal): Promise<Response> {
  const request = { headers, signal, redirect: 'manual' } as const;
  try {
    return await fetch(url, request);
  } catch (error) {
    if (signal.aborted) throw error;
    return fetch(url, request);
  }
}

/** What cannot be sent is refused like any other credentials that belong to no key. */
function headersFor({ authorization, address }: Question): Record<string, string> {
  return {
    ...(authorization !== undefined && { authorization: SENDABLE.test(authorization) ? authorization : 'unreadable' }),
    ...(address !== undefined && SENDABLE.test(address) && { 'x-forwarded-for': address }),
  };
}

function refusalOf({ status, headers }: Response, body: string): Refusal {
  const passed = PASSED_ON.flatMap((name) => {
    const value = headers.get(name);
    return value === null ? [] : [[name, value] as const];
  });
  return { status, headers: Object.fromEntries(passed), body };
}

function accepted(url: URL, { status, headers }: Response): Answer {
  const account = headers.get('x-keyledger-account');
  const keyId = headers.get('x-keyledger-key-id');
  if (status !== 200 || !account || !keyId) {
    const what = status === 200 ? '200, but did not say whose the key is' : String(status);
    const hint = status < 500 ? ' Check `url`.' : '';
    throw new KeyledgerUnavailable(`Keyledger answered ${what} at ${url}.${hint}`, status, headers.get('retry-after'));
  }
  const scopes = (headers.get('x-keyledger-scopes') ?? '').split(' ').filter((scope) => scope !== '');
  const key = Object.freeze({ account, keyId, scopes: Object.freeze(scopes) });
  return { key, expiresIn: expiryIn(headers.get('x-keyledger-expires-in')) };
}

/** In milliseconds. A value that cannot be read counts as over. */
function expiryIn(seconds: string | null): number {
  if (seconds === null) return Number.POSITIVE_INFINITY;
  return /^\d+$/.test(seconds) ? Number(seconds) * 1000 : 0;
}
