import { join } from 'node:path';
import type { Logger } from 'pino';
import { type LocalIssuer, openLocalIssuer } from '../auth/local-issuer.js';
import { openSessionKey } from '../auth/session-key.js';
import { type Authority, identityProvider } from '../auth/token-authenticator.js';
import type { Config } from '../config.js';
import { DATA_FILE } from '../shared/data-files.js';

/** Where valid tokens come from. */
export interface TokenSource {
  authority: Authority;
  /** Undefined if there is an identity provider. */
  issuer: LocalIssuer | undefined;
  /** Seals what renews sessions; undefined if they end with their token. */
  sessionKey: Buffer | undefined;
}

/**
 * The configured identity provider; without one, the local issuer, whose key is in the data directory. Logs which tokens are accepted and
 * what they mean.
 */
export async function openAuthority(config: Config, log: Logger): Promise<TokenSource> {
  const { authority, issuer: localIssuer } = await sourceOf(config);
  const { issuer, audience } = authority;
  const { roleNames, ...claims } = config.claims;
  log.info({ issuer, audiences: audience, claims, roles: roleNames }, 'tokens are accepted and understood by these names');
  const sessionKey = config.codeFlow && (await openSessionKey(config));
  if (config.codeFlow && !sessionKey) {
    const setting = 'KEYLEDGER_SESSION_KEY';
    log.info({ setting }, 'there is no key for sessions, so they end with their token: set KEYLEDGER_SESSION_KEY');
  }
  return { authority, issuer: localIssuer, sessionKey };
}

async function sourceOf({ identityProvider: provider, dataDirectory }: Config): Promise<Omit<TokenSource, 'sessionKey'>> {
  if (provider) return { authority: identityProvider(provider), issuer: undefined };
  const issuer = await openLocalIssuer(join(dataDirectory, DATA_FILE.issuerKey));
  return { authority: issuer.authority, issuer };
}
