import { join } from 'node:path';
import { type LocalIssuer, openLocalIssuer } from '../auth/local-issuer.js';
import { type Authority, identityProvider } from '../auth/token-authenticator.js';
import type { Config } from '../config.js';

/** Whose tokens count. */
export interface TokenSource {
  authority: Authority;
  /** Undefined where there is an identity provider. */
  issuer: LocalIssuer | undefined;
}

/** The identity provider that is set, or else the local issuer, whose key lies in the data directory. */
export async function openAuthority({ identityProvider: provider, dataDirectory }: Config): Promise<TokenSource> {
  if (provider) return { authority: identityProvider(provider), issuer: undefined };
  const issuer = await openLocalIssuer(join(dataDirectory, 'issuer.jwk'));
  return { authority: issuer.authority, issuer };
}
