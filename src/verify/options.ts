import type { KeyledgerUnavailable } from './question.js';

export interface VerifierOptions {
  /** The address of Keyledger, such as `http://127.0.0.1:4000`. */
  url: string | URL;
  /** For how many milliseconds to wait for an answer. The default is 2000. After that the caller gets 503. */
  timeout?: number | undefined;
  /** Called for each request that gets 503, because Keyledger did not answer, for logs and metrics. It cannot let the request pass. */
  onUnavailable?: ((error: KeyledgerUnavailable) => void) | undefined;
  /** Remembers accepted keys. The default is not to: a deleted key is then refused as soon as Keyledger refuses it. */
  cache?: CacheOptions | undefined;
}

/**
 * The cache holds only accepted keys, by a hash of their credentials, and none for longer than it is valid. Keyledger does not see the uses
 * that the cache answers: they are missing in `lastUsedAt` and in the usage.
 */
export interface CacheOptions {
  /** For how many milliseconds **a deleted key may still work** after Keyledger refuses it: 1 to 60,000. */
  deletedKeysWorkFor: number;
  /** How many keys are remembered, at most. The default is 10,000. */
  size?: number | undefined;
}

/** What a route asks for. */
export interface RouteOptions {
  /** The scopes that a key must have, all of them. The default is none: any valid key passes. */
  scopes?: readonly string[] | undefined;
}

/** What you can tell `verify` about a request. */
export interface VerifyOptions extends RouteOptions {
  /** The address of the caller, for `KEYLEDGER_FAILURES_PER_MINUTE`. */
  address?: string | undefined;
}

/** The options, checked and complete. */
export interface Checked {
  url: URL;
  timeout: number;
  onUnavailable: VerifierOptions['onUnavailable'];
  cache: { lifetime: number; size: number } | undefined;
}

const SCOPES = "must be an object: { scopes: ['read'] }";

/** RFC 6749, section 3.3. */
const SCOPE = /^[\x21\x23-\x5b\x5d-\x7e]+$/;

/**
 * An option that is misspelled is refused, since a check would be missing.
 * @throws TypeError
 */
export function optionsOf(options: VerifierOptions): Checked {
  requireObject(options, "`createVerifier` needs an object with options: { url: 'http://127.0.0.1:4000' }");
  refuseUnknown(options, ['url', 'timeout', 'onUnavailable', 'cache']);
  const { url, timeout = 2000, onUnavailable, cache } = options;
  if (onUnavailable !== undefined && typeof onUnavailable !== 'function')
    throw new TypeError('`onUnavailable` must be a function.');
  return {
    url: addressOf(url),
    timeout: whole('timeout', timeout, 300_000),
    onUnavailable,
    cache: cache && checkedCache(cache),
  };
}

/**
 * The scopes that a route asks for.
 * @throws TypeError
 */
export function scopesOf(route: RouteOptions = {}): readonly string[] {
  requireObject(route, `The options of a route ${SCOPES}`);
  refuseUnknown(route, ['scopes']);
  const { scopes = [] } = route;
  if (!Array.isArray(scopes)) throw new TypeError("`scopes` must be a list, such as ['read', 'write'].");
  for (const scope of scopes) {
    if (typeof scope === 'string' && SCOPE.test(scope)) continue;
    throw new TypeError(`\`scopes\` contains ${JSON.stringify(scope)}. A scope has no spaces: ['read', 'write'].`);
  }
  return [...scopes];
}

/**
 * The options of `verify`, checked.
 * @throws TypeError
 */
export function verifyOptionsOf(options: VerifyOptions = {}): { address: string | undefined; scopes: readonly string[] } {
  requireObject(options, `The options of \`verify\` ${SCOPES}`);
  const { address, ...route } = options;
  return { address, scopes: scopesOf(route) };
}

/** The address of `/v1/verify`, also below a path. */
function addressOf(given: string | URL): URL {
  const url = URL.canParse(String(given)) ? new URL(given) : undefined;
  if (!url || !/^https?:$/.test(url.protocol))
    throw new TypeError("`url` must be the address of Keyledger: { url: 'http://127.0.0.1:4000' }");
  if (url.username !== '' || url.password !== '' || url.search !== '' || url.hash !== '')
    throw new TypeError('`url` must have no user name, no password, no query and no fragment.');
  if (!url.pathname.endsWith('/')) url.pathname += '/';
  return new URL('v1/verify', url);
}

function checkedCache(cache: CacheOptions): Checked['cache'] {
  requireObject(cache, '`cache` must be an object: { deletedKeysWorkFor: 5000 }');
  refuseUnknown(cache, ['deletedKeysWorkFor', 'size']);
  const { deletedKeysWorkFor, size = 10_000 } = cache;
  return {
    lifetime: whole('cache.deletedKeysWorkFor', deletedKeysWorkFor, 60_000),
    size: whole('cache.size', size, 1_000_000),
  };
}

function whole(name: string, value: number, most: number): number {
  if (Number.isInteger(value) && value >= 1 && value <= most) return value;
  throw new TypeError(`\`${name}\` must be a whole number from 1 to ${most}.`);
}

/** JavaScript may give anything. */
function requireObject(options: unknown, message: string): void {
  if (typeof options !== 'object' || options === null || Array.isArray(options)) throw new TypeError(message);
}

function refuseUnknown(options: object, known: string[]): void {
  const unknown = Object.keys(options).find((name) => !known.includes(name));
  if (unknown !== undefined) throw new TypeError(`There is no option \`${unknown}\`. The options are ${known.join(', ')}.`);
}
