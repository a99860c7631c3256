import type { FastifyReply, FastifyRequest } from 'fastify';
import type { TokenAuthenticator } from '../../auth/token-authenticator.js';
import type { Clock } from '../../shared/clock.js';
import { HostCookie } from './cookies.js';
import { isOwnOrigin } from './own-origin.js';

/** The size of a cookie that every browser accepts, including name and attributes, in bytes (RFC 6265, section 6.1). */
const COOKIE_LIMIT = 4096;

export interface SessionCookieOptions {
  authenticator: TokenAuthenticator;
  clock: Clock;
  /** If undefined, it is not known, and the cookie is also sent over http. */
  publicUrl: URL | undefined;
}

/** The token is too long for a cookie. */
export class TokenTooLarge extends Error {
  readonly code = 'TOKEN_TOO_LARGE';
  constructor(bytes: number) {
    super(
      `The cookie would have ${bytes} bytes, but browsers accept at most ${COOKIE_LIMIT}. Configure the identity provider to put fewer claims into the token.`,
    );
  }
}

/** The cookie in which a browser holds a token that scripts cannot read. On requests from our own pages it counts like a bearer token. */
export class SessionCookie {
  readonly publicUrl: URL | undefined;
  readonly #authenticator: TokenAuthenticator;
  readonly #clock: Clock;
  readonly #cookie: HostCookie;

  constructor({ authenticator, clock, publicUrl }: SessionCookieOptions) {
    this.publicUrl = publicUrl;
    this.#authenticator = authenticator;
    this.#clock = clock;
    this.#cookie = new HostCookie({ name: 'keyledger_session', sameSite: 'Strict', publicUrl });
  }

  /**
   * The value of the `Authorization` header; without one, the token of the cookie, if one of our pages sent the request. Undefined if
   * neither applies.
   */
  authorizationOf(request: Pick<FastifyRequest, 'headers' | 'method'>): string | undefined {
    const { authorization } = request.headers;
    if (authorization !== undefined) return authorization;
    const token = this.#cookie.valueIn(request);
    if (token === undefined || request.method !== 'POST' || !isOwnOrigin(request, this.publicUrl)) return undefined;
    return `Bearer ${token}`;
  }

  /**
   * Gives the browser the token for as long as it is accepted.
   * @throws Unauthenticated, IdentityProviderUnavailable, TokenTooLarge
   */
  async begin(reply: FastifyReply, token: string): Promise<void> {
    const { acceptedUntil } = await this.#authenticator.authenticate(`Bearer ${token}`);
    const seconds = Math.max(0, Math.floor((acceptedUntil - this.#clock()) / 1000));
    const bytes = Buffer.byteLength(this.#cookie.format(token, seconds));
    if (bytes > COOKIE_LIMIT) throw new TokenTooLarge(bytes);
    this.#cookie.keep(reply, token, seconds);
  }

  /** Removes the token from the browser. Anyone else who has it can use it until it expires. */
  end(reply: FastifyReply): void {
    this.#cookie.forget(reply);
  }
}
