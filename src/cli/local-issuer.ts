import type { Role } from '../auth/viewer.js';
import type { Config } from '../config.js';
import { WrongUsage } from './output/wrong-usage.js';

/**
 * Checks the conditions of commands that use the local issuer.
 * @param instead what to do if there is an identity provider
 * @throws WrongUsage if there is one, or if an owner has no account
 */
export function requireLocalIssuer(
  { identityProvider }: Config,
  { role, account }: { role: Role; account?: string | undefined },
  instead: string,
): void {
  if (identityProvider) throw new WrongUsage(`KEYLEDGER_JWKS_URL is set: ${instead}.`);
  if (role === 'owner' && account === undefined) throw new WrongUsage('An owner needs an account: --account ACCOUNT.');
}
