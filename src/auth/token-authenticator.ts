import { hash } from 'node:crypto';
import { createRemoteJWKSet, type JWTVerifyGetKey, jwtVerify } from 'jose';
import { isWellFormedSecret } from '../domain/keys/secret.js';
import { type Clock, watched } from '../shared/clock.js';
import { IdentityProviderUnavailable, Unauthenticated } from './errors.js';
import { explain, isTokenFault, secretSent } from './token-fault.js';
import { type ClaimMapping, LEEWAY, type Viewer, viewerOf } from './viewer.js';

/** The issuer of the tokens, and the keys that verify them. */
export interface Authority {
  keys: JWTVerifyGetKey;
  issuer: string;
  /** A token must be for at least one of them. */
  audience: string[];
  algorithms: string[];
  /** How to get a token, as a sentence for the sender of a bad one. */
  remedy: string;
}

/** Asymmetric signatures only: with a shared secret, anyone who can check a token could also create one. */
const ALGORITHMS = ['RS256', 'RS384', 'RS512', 'PS256', 'PS384', 'PS512', 'ES256', 'ES384', 'ES512', 'EdDSA', 'Ed25519'];

const REMEDY = 'Get a new one from the identity provider of this server, or sign in again.';

/** How long, in milliseconds, a checked token is trusted without another check, and the maximum number of such tokens. */
const MEMORY = { milliseconds: 60_000, tokens: 10_000 };

interface Remembered {
  viewer: Viewer;
  /** By `performance.now()`, so that stepping the clock back does not prolong it. */
  until: number;
}

/** The authority of an OpenID Connect provider, by its published keys (RFC 7517). */
export function identityProvider(options: { jwksUrl: URL; issuer: string; audiences: string[] }): Authority {
  const { jwksUrl, issuer, audiences } = options;
  return { keys: remoteKeys(jwksUrl), issuer, audience: audiences, algorithms: ALGORITHMS, remedy: REMEDY };
}

/**
 * Published keys, as `jose` caches them by the wall clock. After a step back of that clock, it would not fetch new keys for the same time.
 */
function remoteKeys(url: URL): JWTVerifyGetKey {
  let keys = createRemoteJWKSet(url);
  const clock = watched(
    () => Date.now(),
    () => {
      keys = createRemoteJWKSet(url);
    },
  );
  return (header, token) => {
    clock();
    return keys(header, token);
  };
}

/** Authenticates a request by its `Authorization` header. */
export class TokenAuthenticator {
  readonly #authority: Authority;
  readonly #claims: ClaimMapping;
  readonly #clock: Clock;
  readonly #remembered = new Map<string, Remembered>();

  constructor(authority: Authority, claims: ClaimMapping, clock: Clock) {
    this.#authority = authority;
    this.#claims = claims;
    this.#clock = clock;
  }

  /**
   * @param authorization the header's value: `Bearer` and a JWT (RFC 6750)
   * @throws Unauthenticated, IdentityProviderUnavailable
   */
  async authenticate(authorization: string | undefined): Promise<Viewer> {
    const token = /^Bearer +([\w.~+/-]+=*)$/i.exec(authorization ?? '')?.[1];
    if (token === undefined) throw new Unauthenticated('Send a token: Authorization: Bearer TOKEN.');
    const digest = hash('sha256', token);
    const known = this.#remembered.get(digest);
    if (known && performance.now() < known.until && this.#clock() < known.viewer.acceptedUntil) return known.viewer;
    const viewer = await this.#check(token);
    if (this.#remembered.size >= MEMORY.tokens) this.#remembered.clear();
    this.#remembered.set(digest, { viewer, until: performance.now() + MEMORY.milliseconds });
    return viewer;
  }

  async #check(token: string): Promise<Viewer> {
    const { keys, remedy, ...expected } = this.#authority;
    const currentDate = new Date(this.#clock());
    const options = { ...expected, currentDate, clockTolerance: LEEWAY / 1000, requiredClaims: ['exp'] };
    const { payload } = await jwtVerify(token, keys, options).catch((cause: unknown) => {
      if (!isTokenFault(cause)) throw new IdentityProviderUnavailable('the token cannot be checked', cause);
      const message = isWellFormedSecret(token) ? secretSent(remedy) : explain(cause, { ...expected, remedy });
      throw new Unauthenticated(message, { cause, reason: `The token is not valid: ${cause.message}.` });
    });
    return viewerOf(payload, this.#claims);
  }
}
