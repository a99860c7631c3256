import type { Clock } from '../shared/clock.js';
import type { Attempt, CodeFlow, IssuedToken, IssuedTokens } from './code-flow.js';
import { IdentityProviderUnavailable, Unauthenticated } from './errors.js';
import type { BrowserSession, Renewal, RenewalSeal } from './renewal-seal.js';
import { SESSION_LIFETIME } from './session-lifetime.js';
import type { SharedRenewals } from './shared-renewals.js';
import { SignInFailed } from './sign-in-failed.js';
import type { TokenAuthenticator } from './token-authenticator.js';
import type { Viewer } from './viewer.js';

export interface ProviderSignInOptions {
  flow: CodeFlow;
  authenticator: TokenAuthenticator;
  /** Undefined if there is no key: sessions then end with their token. */
  seal: RenewalSeal | undefined;
  renewals: SharedRenewals;
  clock: Clock;
  /** Called if somebody has signed out and the provider did not revoke the refresh token. */
  onNotRevoked: (error: SignInFailed) => void;
}

/** The session cannot be renewed: somebody must sign in again. The message is for the log, and contains no token. */
export class SessionEnded extends Error {}

/** The sessions of people who sign in with the identity provider. */
export class ProviderSignIn {
  readonly #options: ProviderSignInOptions;

  constructor(options: ProviderSignInOptions) {
    this.#options = options;
  }

  /** @throws SignInFailed */
  begin(): Promise<{ url: URL; attempt: Attempt }> {
    return this.#options.flow.begin();
  }

  /**
   * @param response the query with which the provider sent the browser back
   * @throws SignInFailed, IdentityProviderUnavailable
   */
  async complete(response: URLSearchParams, attempt: Attempt): Promise<BrowserSession> {
    const { flow, clock } = this.#options;
    const tokens = await flow.complete(response, attempt);
    const exp = Math.floor((clock() + SESSION_LIFETIME) / 1000);
    return this.#sessionOf(tokens, await this.#accepted(tokens.candidates), exp);
  }

  /**
   * The session with a new token. A repeated request within a moment gets the same answer.
   * @throws SessionEnded, IdentityProviderUnavailable
   */
  async renew(sealed: string): Promise<BrowserSession> {
    const { seal, renewals } = this.#options;
    const renewal = await seal?.openRenewal(sealed);
    if (!seal || !renewal) throw new SessionEnded('it is over, or was not sealed with this key');
    const renewed = await renewals.once(sealed, async () => seal.sealSession(await this.#renewed(renewal)));
    const session = await seal.openSession(renewed);
    if (!session) throw new SessionEnded('another process has renewed it with another key');
    return session;
  }

  /**
   * Ends the session at the provider. Returns where the browser ends its own session there; undefined if the provider has no such address.
   * @param sealed what renewed the session; undefined if nothing did
   * @throws SignInFailed
   */
  async leave(sealed: string | undefined): Promise<URL | undefined> {
    const { flow, seal, onNotRevoked } = this.#options;
    const renewal = sealed === undefined ? undefined : await seal?.openRenewal(sealed);
    if (renewal) await flow.revoke(renewal.refreshToken).catch(onNotRevoked);
    return flow.signOutUrl(renewal?.idToken);
  }

  async #renewed(renewal: Renewal): Promise<BrowserSession> {
    try {
      const tokens = await this.#options.flow.refresh(renewal.refreshToken);
      const accepted = await this.#accepted(tokens.candidates);
      if (accepted.viewer.subject !== renewal.subject) throw new SessionEnded('the new token names somebody else');
      return await this.#sessionOf({ ...renewal, ...tokens }, accepted, renewal.exp);
    } catch (error) {
      if (!(error instanceof SignInFailed)) throw error;
      const reason = `${error.code}: ${error.message}`;
      // The cause is left out of the log: it may hold what was sent.
      if (error.code === 'provider') throw new IdentityProviderUnavailable('the session cannot be renewed', new Error(reason));
      throw new SessionEnded(reason);
    }
  }

  async #sessionOf(tokens: Partial<IssuedTokens>, { token, viewer }: Accepted, exp: number): Promise<BrowserSession> {
    const { refreshToken, idToken } = tokens;
    if (refreshToken === undefined) return { token };
    return { token, renewal: await this.#options.seal?.sealRenewal({ refreshToken, idToken, subject: viewer.subject, exp }) };
  }

  /** The first of the tokens that names the caller and a role, by the rules of the GraphQL API. */
  async #accepted(candidates: readonly IssuedToken[]): Promise<Accepted> {
    const refusals: string[] = [];
    for (const { kind, token } of candidates) {
      const viewer = await this.#viewerOf(token);
      if (!(viewer instanceof Unauthenticated) && viewer.roles.size > 0) return { token, viewer };
      refusals.push(`${kind}: ${viewer instanceof Unauthenticated ? viewer.reason : 'It names no role that Keyledger knows.'}`);
    }
    throw new SignInFailed('not-permitted', refusals.join(' '));
  }

  async #viewerOf(token: string): Promise<Viewer | Unauthenticated> {
    try {
      return await this.#options.authenticator.authenticate(`Bearer ${token}`);
    } catch (error) {
      if (error instanceof Unauthenticated) return error;
      throw error;
    }
  }
}

/** A token that the API accepts. */
interface Accepted {
  token: string;
  viewer: Viewer;
}
