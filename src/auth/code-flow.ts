import * as oidc from 'openid-client';
import { PAGE, PATH } from '../shared/paths.js';
import { reasonOf, SignInFailed } from './sign-in-failed.js';

/** How long to wait for the provider's answer, in seconds. */
const PATIENCE = 10;

export interface CodeFlowOptions {
  issuer: URL;
  clientId: string;
  /** Undefined for a public client. */
  clientSecret: string | undefined;
  /** Scopes, separated by spaces. */
  scope: string;
  /** The audience to request for tokens: the parameter `audience`, which Auth0 reads. */
  audience: string | undefined;
  /** The audience to request for tokens: the parameter `resource` (RFC 8707). */
  resource: string | undefined;
  /** The address at which browsers reach this server. */
  publicUrl: URL;
}

/** What the browser keeps while its user is at the provider, so that nobody else can come back in its place. */
export interface Attempt {
  state: string;
  nonce: string;
  verifier: string;
}

/** A token that the provider has issued to us. */
export interface IssuedToken {
  kind: 'access token' | 'ID token';
  token: string;
}

/** What the provider has issued together. */
export interface IssuedTokens {
  /** The tokens that may identify the caller; the access token comes first. */
  candidates: IssuedToken[];
  /** Undefined if there is none, or no new one. */
  refreshToken?: string;
  /** Undefined if there is none, or no new one. */
  idToken?: string;
}

/**
 * Sign-in with an OpenID Connect provider: the authorization code flow (OpenID Connect Core 1.0, section 3.1) with PKCE (RFC 7636). The
 * provider's configuration is fetched at the first sign-in, and again until it has answered.
 */
export class CodeFlow {
  readonly #options: CodeFlowOptions;
  readonly #redirectUri: string;
  #configuration: Promise<oidc.Configuration> | undefined;

  constructor(options: CodeFlowOptions) {
    this.#options = options;
    this.#redirectUri = new URL(PATH.completeSignIn, options.publicUrl).href;
  }

  /**
   * Starts a sign-in. Returns where to send the browser, and what the browser must keep meanwhile.
   * @throws SignInFailed
   */
  async begin(): Promise<{ url: URL; attempt: Attempt }> {
    const configuration = await this.#discovered();
    const attempt = { state: oidc.randomState(), nonce: oidc.randomNonce(), verifier: oidc.randomPKCECodeVerifier() };
    const { audience, scope } = this.#options;
    const url = oidc.buildAuthorizationUrl(configuration, {
      redirect_uri: this.#redirectUri,
      scope,
      state: attempt.state,
      nonce: attempt.nonce,
      code_challenge: await oidc.calculatePKCECodeChallenge(attempt.verifier),
      code_challenge_method: 'S256',
      ...(audience !== undefined && { audience }),
      ...this.#resource,
    });
    return { url, attempt };
  }

  /**
   * Exchanges the code that the browser brought back for tokens.
   * @param response the query with which the provider sent the browser back
   * @throws SignInFailed
   */
  async complete(response: URLSearchParams, { state, nonce, verifier }: Attempt): Promise<IssuedTokens> {
    if (response.get('state') !== state) throw new SignInFailed('expired', 'the answer belongs to another attempt');
    const configuration = await this.#discovered();
    const checks = { expectedState: state, expectedNonce: nonce, pkceCodeVerifier: verifier };
    const answered = new URL(`?${response}`, this.#redirectUri);
    return issued(await oidc.authorizationCodeGrant(configuration, answered, checks, this.#resource).catch(explain));
  }

  /**
   * Exchanges a refresh token for new tokens (OpenID Connect Core 1.0, section 12).
   * @throws SignInFailed with `expired` if the provider refuses it
   */
  async refresh(refreshToken: string): Promise<IssuedTokens> {
    const configuration = await this.#discovered();
    return issued(await oidc.refreshTokenGrant(configuration, refreshToken, this.#resource).catch(explainRefusal));
  }

  /**
   * Revokes a refresh token, if the provider can do that (RFC 7009).
   * @throws SignInFailed
   */
  async revoke(refreshToken: string): Promise<void> {
    const configuration = await this.#discovered();
    if (configuration.serverMetadata().revocation_endpoint === undefined) return;
    await oidc.tokenRevocation(configuration, refreshToken, { token_type_hint: 'refresh_token' }).catch(explain);
  }

  /**
   * Where a browser ends its session at the provider (OpenID Connect RP-Initiated Logout 1.0). From there it comes back to our first page.
   * Undefined if the provider has no such address.
   * @param idToken without it, the provider may ask its user
   * @throws SignInFailed
   */
  async signOutUrl(idToken: string | undefined): Promise<URL | undefined> {
    const configuration = await this.#discovered();
    if (configuration.serverMetadata().end_session_endpoint === undefined) return undefined;
    return oidc.buildEndSessionUrl(configuration, {
      post_logout_redirect_uri: new URL(PAGE.start, this.#options.publicUrl).href,
      ...(idToken !== undefined && { id_token_hint: idToken }),
    });
  }

  /** RFC 8707: the same in every request for tokens. */
  get #resource(): Record<string, string> {
    const { resource } = this.#options;
    return resource === undefined ? {} : { resource };
  }

  #discovered(): Promise<oidc.Configuration> {
    this.#configuration ??= this.#discover().catch((cause: unknown) => {
      this.#configuration = undefined;
      throw new SignInFailed('provider', reasonOf(cause), { cause });
    });
    return this.#configuration;
  }

  #discover(): Promise<oidc.Configuration> {
    const { issuer, clientId, clientSecret } = this.#options;
    const authentication = clientSecret === undefined ? oidc.None() : oidc.ClientSecretBasic(clientSecret);
    // The settings allow http only on loopback.
    const execute = issuer.protocol === 'http:' ? [oidc.allowInsecureRequests] : [];
    return oidc.discovery(issuer, clientId, undefined, authentication, { execute, timeout: PATIENCE });
  }
}

function issued({ access_token, id_token, refresh_token }: oidc.TokenEndpointResponse): IssuedTokens {
  const accessToken: IssuedToken = { kind: 'access token', token: access_token };
  return {
    candidates: id_token === undefined ? [accessToken] : [accessToken, { kind: 'ID token', token: id_token }],
    ...(refresh_token !== undefined && { refreshToken: refresh_token }),
    ...(id_token !== undefined && { idToken: id_token }),
  };
}

/** Any refusal of the token, or of us, needs a new sign-in. All other errors may pass. */
function explainRefusal(cause: unknown): never {
  const isRefusal = cause instanceof oidc.ResponseBodyError || cause instanceof oidc.WWWAuthenticateChallengeError;
  const code = isRefusal && cause.status < 500 && cause.status !== 429 ? 'expired' : 'provider';
  throw new SignInFailed(code, reasonOf(cause), { cause });
}

/** The user refused or was too late. All other errors are between the provider and us. */
function explain(cause: unknown): never {
  const reason = reasonOf(cause);
  if (reason === 'access_denied') throw new SignInFailed('denied', reason, { cause });
  if (reason === 'invalid_grant') throw new SignInFailed('expired', reason, { cause });
  throw new SignInFailed('provider', reason, { cause });
}
