import { once } from 'node:events';
import { createServer, type Server } from 'node:http';
import { exportJWK, generateKeyPair, type JWK } from 'jose';
import type Provider from 'oidc-provider';
import { cleanUpLater } from './cleanup.js';
import { freePort } from './eventstoredb-server.js';

const CLIENT_ID = 'dashboard';
const AUDIENCE = 'keyledger';
const RESOURCE = 'urn:keyledger';

export interface OpenIdProviderOptions {
  /** The address at which browsers reach Keyledger. */
  publicUrl: string;
  /** If undefined, the client is public. */
  clientSecret?: string;
  /** True if access tokens are JWTs for Keyledger; otherwise only the provider understands them. */
  jwt?: boolean;
  /** The audience of these JWTs. */
  audience?: string;
  /** The claims of ID tokens, and of access tokens that are JWTs, in addition to the subject. */
  claims?: Record<string, unknown>;
  accessTokenClaims?: Record<string, unknown>;
  /** True if it issues refresh tokens. It ends the session of one that it sees twice. */
  refresh?: boolean;
  /** True if access tokens are JWTs only for those who ask for the resource (RFC 8707). */
  resource?: boolean;
}

/** What a test may change and see while the provider is up. */
interface Live {
  /** The lifetime of access tokens that are JWTs and of ID tokens, in seconds. */
  lifetime: number;
  /** How often it has exchanged a refresh token. */
  refreshes: number;
}

/** A certified OpenID Connect provider that accepts every user. It can be down. */
export class OpenIdProvider {
  readonly issuer: string;
  readonly live: Live;
  readonly #provider: Provider;
  readonly #options: OpenIdProviderOptions;
  #server: Server | undefined;

  private constructor(issuer: string, live: Live, provider: Provider, options: OpenIdProviderOptions) {
    this.issuer = issuer;
    this.live = live;
    this.#provider = provider;
    this.#options = options;
  }

  /** Creates a provider that is not up yet. */
  static async create(options: OpenIdProviderOptions): Promise<OpenIdProvider> {
    signingKey ??= newSigningKey();
    const key = await signingKey;
    const issuer = `http://127.0.0.1:${await freePort()}`;
    const live = { lifetime: 300, refreshes: 0 };
    const provider = await quietly(async () => {
      const { default: Provider } = await import('oidc-provider');
      return new Provider(issuer, configuration(key, options, live));
    });
    return new OpenIdProvider(issuer, live, provider, options);
  }

  /** The settings with which Keyledger signs people in here. */
  get settings(): Record<string, string> {
    const { publicUrl, clientSecret, jwt = false, audience = AUDIENCE, resource } = this.#options;
    return {
      KEYLEDGER_JWKS_URL: `${this.issuer}/jwks`,
      KEYLEDGER_ISSUER: this.issuer,
      KEYLEDGER_AUDIENCE: jwt ? audience : CLIENT_ID,
      KEYLEDGER_PUBLIC_URL: publicUrl,
      KEYLEDGER_CLIENT_ID: CLIENT_ID,
      ...(clientSecret !== undefined && { KEYLEDGER_CLIENT_SECRET: clientSecret }),
      ...(resource && { KEYLEDGER_SIGN_IN_RESOURCE: RESOURCE }),
    };
  }

  async up(): Promise<void> {
    this.#server = createServer(this.#provider.callback()).listen(Number(new URL(this.issuer).port), '127.0.0.1');
    await once(this.#server, 'listening');
    cleanUpLater(() => this.down());
  }

  async down(): Promise<void> {
    const server = this.#server;
    this.#server = undefined;
    if (!server) return;
    server.closeAllConnections();
    server.close();
    await once(server, 'close');
  }
}

/** The key of all providers of a test file, since it takes long to make. Their tokens differ by the issuer. */
let signingKey: Promise<JWK> | undefined;

async function newSigningKey(): Promise<JWK> {
  const { privateKey } = await generateKeyPair('RS256', { extractable: true });
  return { ...(await exportJWK(privateKey)), alg: 'RS256', use: 'sig', kid: 'first' };
}

/** Suppresses its warnings against running it like this in production. */
async function quietly<T>(make: () => Promise<T>): Promise<T> {
  const { warn } = console;
  Object.assign(console, { warn: () => {} });
  try {
    return await make();
  } finally {
    Object.assign(console, { warn });
  }
}

/** The page that asks people whether they want to sign out. */
function askToSignOut(context: { body: string }, form: string): void {
  context.body = `${form}<button type="submit" form="op.logoutForm" name="logout" value="yes">Sign out</button>`;
}

function configuration(key: object, options: OpenIdProviderOptions, live: Live) {
  const { publicUrl, clientSecret, jwt, audience = AUDIENCE, claims, accessTokenClaims, refresh, resource } = options;
  const said = claims ?? { account: 'acme', roles: ['keyledger:owner'] };
  const authentication = clientSecret === undefined ? 'none' : 'client_secret_basic';
  return {
    jwks: { keys: [key] },
    cookies: { keys: ['a key that signs cookies'] },
    clients: [
      {
        client_id: CLIENT_ID,
        ...(clientSecret !== undefined && { client_secret: clientSecret }),
        token_endpoint_auth_method: authentication,
        redirect_uris: [`${publicUrl}/auth/callback`],
        response_types: ['code'],
        grant_types: ['authorization_code', ...(refresh ? ['refresh_token'] : [])],
        post_logout_redirect_uris: [`${publicUrl}/`],
      },
    ],
    issueRefreshToken: () => refresh === true,
    rotateRefreshToken: () => {
      live.refreshes += 1;
      return true;
    },
    pkce: { required: () => true },
    claims: { openid: ['sub', ...Object.keys(said)] },
    conformIdTokenClaims: false,
    findAccount: (_: unknown, accountId: string) => ({ accountId, claims: () => ({ ...said, sub: accountId }) }),
    extraTokenClaims: () => accessTokenClaims ?? said,
    ttl: {
      AccessToken: () => live.lifetime,
      IdToken: () => live.lifetime,
      AuthorizationCode: 60,
      RefreshToken: 7200,
      Interaction: 600,
      Session: 7200,
      Grant: 7200,
    },
    features: {
      devInteractions: { enabled: true },
      revocation: { enabled: true, allowedPolicy: () => true },
      rpInitiatedLogout: { enabled: true, logoutSource: askToSignOut },
      resourceIndicators: {
        enabled: jwt === true,
        defaultResource: () => (resource ? undefined : RESOURCE),
        useGrantedResource: () => !resource,
        getResourceServerInfo: () => ({ scope: '', audience, accessTokenFormat: 'jwt' }),
      },
    },
  };
}
