import type { Refusal, Verdict, VerifiedKey } from './verified-key.js';

const RETRY_AFTER = '2';

/** Lets the key pass if it has all of the scopes. */
export function judge(key: VerifiedKey, scopes: readonly string[]): Verdict {
  if (scopes.every((scope) => key.scopes.includes(scope))) return { key };
  return { refusal: insufficientScope(scopes) };
}

/** The answer while Keyledger does not say whose a key is. */
export function unavailable(retryAfter: string | null = null): Refusal {
  return problem(
    {
      status: 503,
      code: 'KEYLEDGER_UNAVAILABLE',
      title: 'Keys cannot be verified now',
      detail: 'Try again after Retry-After.',
    },
    { 'retry-after': retryAfter ?? RETRY_AFTER },
  );
}

/** The same challenge as that of `/v1/verify?scope=…` (RFC 6750, section 3.1). */
function insufficientScope(scopes: readonly string[]): Refusal {
  return problem(
    {
      status: 403,
      code: 'INSUFFICIENT_SCOPE',
      title: 'The key lacks a scope',
      detail: 'The key is valid, but lacks a requested scope.',
    },
    { 'www-authenticate': `Bearer realm="keyledger", error="insufficient_scope", scope="${scopes.join(' ')}"` },
  );
}

/** RFC 9457. */
function problem(
  body: { status: number; code: string; title: string; detail: string },
  headers: Record<string, string>,
): Refusal {
  return {
    status: body.status,
    headers: { 'content-type': 'application/problem+json', 'cache-control': 'no-store', ...headers },
    body: JSON.stringify(body),
  };
}
