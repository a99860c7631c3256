import { join } from 'node:path';
import type { Logger } from 'pino';
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

/**
 * The configured identity provider; without one, the local issuer, whose key is in the data directory. Logs which tokens are accepted and
 * what they mean.
 */
export async function openAuthority(config: Config, log: Logger): Promise<TokenSource> {
  const source = await sourceOf(config);
  const { issuer, audience } = source.authority;
  const { roleNames, ...claims } = config.claims;
  log.info({ issuer, audiences: audience, claims, roles: roleNames }, 'tokens are accepted and understood by these names');
  return source;
}

async function sourceOf({ identityProvider: provider, dataDirectory }: Config): Promise<TokenSource> {
  if (provider) return { authority: identityProvider(provider), issuer: undefined };
  const issuer = await openLocalIssuer(join(dataDirectory, DATA_FILE.issuerKey));
  return { authority: issuer.authority, issuer };
}
