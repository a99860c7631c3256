import { join } from 'node:path';
import { openLocalIssuer } from '../../auth/local-issuer.js';
import type { Role } from '../../auth/viewer.js';
import type { Config } from '../../config.js';
import { DATA_FILE } from '../../shared/data-files.js';
import { requireExistingData } from '../existing-data.js';
import { requireLocalIssuer } from '../local-issuer.js';
import { print } from '../output/output.js';

export interface TokenOptions {
  account?: string;
  role: Role;
  subject: string;
  /** Seconds. */
  ttl: number;
}

/**
 * Prints a token of the local issuer.
 * @throws WrongUsage if there is an identity provider, or if an owner has no account
 * @throws Error if no server has used the data directory: it would refuse the token
 */
export async function printToken(config: Config, options: TokenOptions): Promise<void> {
  requireLocalIssuer(config, options, 'tokens come from your identity provider');
  requireExistingData(config);
  const issuer = await openLocalIssuer(join(config.dataDirectory, DATA_FILE.issuerKey));
  await print(`${await issuer.issue(options, config.claims)}\n`);
}
