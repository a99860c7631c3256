import type { VerifiedKey } from './verified-key.js';

/** A request of `node:http`, and of frameworks that extend it. */
export interface NodeRequest {
  headers: Record<string, string | string[] | undefined>;
  headersDistinct?: Record<string, string[] | undefined>;
  rawHeaders: string[];
  socket: { remoteAddress?: string | undefined };
}

/** The part of `ServerResponse` that a refusal needs. */
export interface NodeResponse {
  writeHead(status: number, headers: Record<string, string>): NodeResponse;
  end(body: string): unknown;
}

/** The credentials go no further than here, and a caller cannot say whose a key is. Some services treat an underscore like a hyphen. */
const UNTRUSTED = /^(?:authorization|x[-_]keyledger[-_].*)$/i;

/** All `Authorization` headers: Node's `headers` hides a second one. Keyledger refuses more than one. */
export function authorizationOf({ rawHeaders }: NodeRequest): string | undefined {
  const found = rawHeaders.filter((_, index) => index % 2 === 1 && /^authorization$/i.test(rawHeaders[index - 1] ?? ''));
  return found.length === 0 ? undefined : found.join(', ');
}

/**
 * Removes the credentials, and what the caller sends under names of ours, wherever the request shows its headers. The list comes last:
 * Node makes the others of it when they are first read, and relies on its length.
 */
export function clean(request: NodeRequest): void {
  const { headers, headersDistinct = {}, rawHeaders } = request;
  for (const view of [headers, headersDistinct]) {
    for (const name of Object.keys(view)) if (UNTRUSTED.test(name)) delete view[name];
  }
  for (let index = rawHeaders.length - 2; index >= 0; index -= 2) {
    if (UNTRUSTED.test(rawHeaders[index] ?? '')) rawHeaders.splice(index, 2);
  }
}

/** The same for `Headers`, in a copy. */
export function cleaned(headers: Headers): Headers {
  return new Headers([...headers].filter(([name]) => !UNTRUSTED.test(name)));
}

/** The headers that tell a service whose the key is, as a proxy would send them. */
export function headersOf({ account, keyId, scopes }: VerifiedKey): Record<string, string> {
  return { 'x-keyledger-account': account, 'x-keyledger-key-id': keyId, 'x-keyledger-scopes': scopes.join(' ') };
}
