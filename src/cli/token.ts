import { join } from 'node:path';
import { openLocalIssuer } from '../auth/local-issuer.js';
import type { Role } from '../auth/viewer.js';
import type { Config } from '../config.js';
import { WrongUsage } from './wrong-usage.js';

export interface TokenOptions {
  account?: string;
  role: Role;
  subject: string;
  /** Seconds. */
  ttl: number;
}

/**
 * Prints a token of the local issuer.
 * @throws WrongUsage where there is an identity provider, or an owner without an account
 */
export async function printToken({ dataDirectory, identityProvider, claims }: Config, options: TokenOptions): Promise<void> {
  if (identityProvider) throw new WrongUsage('KEYLEDGER_JWKS_URL is set: tokens come from your identity provider.');
  if (options.role === 'owner' && options.account === undefined)
    throw new WrongUsage('An owner needs an account: --account ACCOUNT.');
  const issuer = await openLocalIssuer(join(dataDirectory, 'issuer.jwk'));
  process.stdout.write(`${await issuer.issue(options, claims)}\n`);
}
