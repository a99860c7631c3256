// What the middleware for Fastify, Express and Hono shares.

// For a route that needs a scope, add `?scope=read`.
const KEYLEDGER = 'http://127.0.0.1:4000/v1/verify';

/**
 * Asks Keyledger whose key a request holds. It lets nobody pass whom Keyledger does not: if that cannot be reached, the answer is 503.
 *
 * @param {string | undefined} authorization the request's header
 * @param {string | undefined} address the caller's, for KEYLEDGER_FAILURES_PER_MINUTE
 * @returns `key`, the headers that say whose key it is, or `refusal`, the answer for the caller
 */
export async function verify(authorization, address = '') {
  const headers = { 'x-forwarded-for': address, ...(authorization && { authorization }) };
  try {
    const answer = await fetch(KEYLEDGER, { headers, signal: AbortSignal.timeout(2000) });
    const body = await answer.text();
    if (answer.headers.has('x-keyledger-account'))
      return { key: pick(answer, ['x-keyledger-account', 'x-keyledger-key-id', 'x-keyledger-scopes']) };
    const status = answer.ok ? 503 : answer.status;
    return { refusal: { status, headers: pick(answer, ['content-type', 'www-authenticate', 'retry-after']), body } };
  } catch {
    return { refusal: { status: 503, headers: { 'retry-after': '2' }, body: '' } };
  }
}

/** The secret goes no further than here, and nothing that a caller calls an account counts. */
export const UNTRUSTED = ['authorization', 'x-keyledger-account', 'x-keyledger-key-id', 'x-keyledger-scopes'];

function pick({ headers }, names) {
  return Object.fromEntries(names.filter((name) => headers.has(name)).map((name) => [name, headers.get(name)]));
}
