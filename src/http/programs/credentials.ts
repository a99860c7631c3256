/** What a request gives to show who sends it. */
export interface Credentials {
  /** Undefined where there is one that we do not know, or more than one header. */
  scheme: 'Basic' | 'Bearer' | undefined;
  /** Undefined where the secret alone is given. Empty, like the secret, where nothing can be read. */
  keyId: string | undefined;
  secret: string;
}

const UNREADABLE: Credentials = { scheme: undefined, keyId: '', secret: '' };
const UNREADABLE_BASIC: Credentials = { ...UNREADABLE, scheme: 'Basic' };
const UNREADABLE_BEARER: Credentials = { scheme: 'Bearer', keyId: undefined, secret: '' };

/** A scheme, in any case, and what follows it (RFC 9110, section 11.4). */
const AUTHORIZATION = /^(basic|bearer)(?: +(.*))?$/i;

/** RFC 6750, section 2.1. */
const BEARER_TOKEN = /^[A-Za-z0-9._~+/-]+=*$/;

/**
 * The credentials in the header `Authorization`; undefined where there is none. What cannot be read becomes credentials that
 * belong to no key, so that it is refused like any others.
 * @param rawHeaders names and values in turn, as they came: of two such headers, Node's `headers` would hide the second
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

/** RFC 7617: the key id is what stands before the first colon. Base64 in a form that nobody would encode is not read. */
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
