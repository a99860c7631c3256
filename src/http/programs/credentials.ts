/** The credentials in a request. */
export interface Credentials {
  /** Undefined if the scheme is unknown, or if there is more than one header. */
  scheme: 'Basic' | 'Bearer' | undefined;
  /** Undefined if only the secret is given. Empty, like the secret, if the credentials cannot be read. */
  keyId: string | undefined;
  secret: string;
}

const UNREADABLE: Credentials = { scheme: undefined, keyId: '', secret: '' };
const UNREADABLE_BASIC: Credentials = { ...UNREADABLE, scheme: 'Basic' };
const UNREADABLE_BEARER: Credentials = { scheme: 'Bearer', keyId: undefined, secret: '' };

/** A scheme, in any case, and the rest (RFC 9110, section 11.4). */
const AUTHORIZATION = /^(basic|bearer)(?: +(.*))?$/i;

/** RFC 6750, section 2.1. */
const BEARER_TOKEN = /^[A-Za-z0-9._~+/-]+=*$/;

/**
 * The credentials in the `Authorization` header; undefined if there is none. Unreadable credentials become ones that belong to no key, so
 * that they are refused like any others.
 * @param rawHeaders names and values in turn, as they arrived: Node's `headers` hides a second such header
 */
export function credentialsIn(rawHeaders: readonly string[]): Credentials | undefined {
  let found: string | undefined;
  for (let index = 0; index < rawHeaders.length; index += 2) {
    const name = rawHeaders[index] ?? '';
    if (name.length !== 13 || name.toLowerCase() !== 'authorization') continue;
    if (found !== undefined) return UNREADABLE;
    found = rawHeaders[index + 1] ?? '';
  }
  return found === undefined ? undefined : parse(found);
}

function parse(authorization: string): Credentials {
  const [, scheme = '', rest = ''] = AUTHORIZATION.exec(authorization) ?? [];
  if (scheme === '') return UNREADABLE;
  return scheme.length === 'basic'.length ? parseBasic(rest) : parseBearer(rest);
}

/** RFC 7617: the key id is the part before the first colon. Non-canonical base64 is refused. */
function parseBasic(encoded: string): Credentials {
  const bytes = Buffer.from(encoded, 'base64');
  if (bytes.toString('base64') !== encoded) return UNREADABLE_BASIC;
  const text = bytes.toString();
  const colon = text.indexOf(':');
  return colon < 0 ? UNREADABLE_BASIC : { scheme: 'Basic', keyId: text.slice(0, colon), secret: text.slice(colon + 1) };
}

function parseBearer(token: string): Credentials {
  return BEARER_TOKEN.test(token) ? { scheme: 'Bearer', keyId: undefined, secret: token } : UNREADABLE_BEARER;
}
