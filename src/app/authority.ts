import { join } from 'node:path';
import { type LocalIssuer, openLocalIssuer } from '../auth/local-issuer.js';
import { type Authority, identityProvider } from '../auth/token-authenticator.js';
import type { Config } from '../config.js';
import { DATA_FILE } from '../shared/data-files.js';

/** Where valid tokens come from. */
export interface TokenSource {
  authority: Authority;
  /** Undefined if there is an identity provider. */
  issuer: LocalIssuer | undefined;
}

/** The configured identity provider; without one, the local issuer, whose key is in the data directory. */
export async function openAuthority({ identityProvider: provider, dataDirectory }: Config): Promise<TokenSource> {
  if (provider) return { authority: identityProvider(provider), issuer: undefined };
  const issuer = await openLocalIssuer(join(dataDirectory, DATA_FILE.issuerKey));
  return { authority: issuer.authority, issuer };
}
