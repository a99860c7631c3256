import * as oidc from 'openid-client';
import { PATH } from '../shared/paths.js';
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
    const url = oidc.buildAuthorizationUrl(configuration, {
      redirect_uri: this.#redirectUri,
      scope: this.#options.scope,
      state: attempt.state,
      nonce: attempt.nonce,
      code_challenge: await oidc.calculatePKCECodeChallenge(attempt.verifier),
      code_challenge_method: 'S256',
    });
    return { url, attempt };
  }

  /**
   * Exchanges the code that the browser brought back for tokens; the access token comes first.
   * @param response the query with which the provider sent the browser back
   * @throws SignInFailed
   */
  async complete(response: URLSearchParams, { state, nonce, verifier }: Attempt): Promise<IssuedToken[]> {
    if (response.get('state') !== state) throw new SignInFailed('expired', 'the answer belongs to another attempt');
    const configuration = await this.#discovered();
    const checks = { expectedState: state, expectedNonce: nonce, pkceCodeVerifier: verifier };
    const answered = new URL(`?${response}`, this.#redirectUri);
    const tokens = await oidc.authorizationCodeGrant(configuration, answered, checks).catch(explain);
    const { access_token, id_token } = tokens;
    const issued: IssuedToken[] = [{ kind: 'access token', token: access_token }];
    return id_token === undefined ? issued : [...issued, { kind: 'ID token', token: id_token }];
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

/** The user refused or was too late. All other errors are between the provider and us. */
function explain(cause: unknown): never {
  const reason = reasonOf(cause);
  if (reason === 'access_denied') throw new SignInFailed('denied', reason, { cause });
  if (reason === 'invalid_grant') throw new SignInFailed('expired', reason, { cause });
  throw new SignInFailed('provider', reason, { cause });
}
