import { SignInTickets, type TicketHolder } from '../../auth/sign-in-tickets.js';
import type { Config } from '../../config.js';
import { PAGE } from '../../shared/paths.js';
import { requireExistingData } from '../existing-data.js';
import { requireLocalIssuer } from '../local-issuer.js';
import { print } from '../output/output.js';
import { WrongUsage } from '../output/wrong-usage.js';

/** If a server listens on all addresses, the link uses this machine's own. */
const EVERYWHERE = ['0.0.0.0', '::'];

/**
 * Creates a link that signs a browser in once. The ticket is in the fragment, which browsers do not send, so no server logs it.
 * @param address where the server answers; used if the settings do not give an address for browsers
 */
export async function signInLink(config: Config, holder: TicketHolder, address: string): Promise<string> {
  const ticket = await new SignInTickets(config.dataDirectory, Date.now).issue(holder);
  return `${config.publicUrl?.origin ?? address}${PAGE.signIn}#${ticket}`;
}

/**
 * Prints such a link for a server on this data directory.
 * @throws WrongUsage if there is an identity provider, if an owner has no account, or if the server's address is unknown
 * @throws Error if no server has used the data directory: it would refuse the link
 */
export async function printSignInLink(config: Config, holder: TicketHolder): Promise<void> {
  requireLocalIssuer(config, holder, 'people sign in with your identity provider');
  if (!config.publicUrl && config.port === 0) {
    throw new WrongUsage('PORT is 0, so the address of the server is not known. Set KEYLEDGER_PUBLIC_URL to it.');
  }
  requireExistingData(config);
  await print(`${await signInLink(config, holder, addressOf(config))}\n`);
}

function addressOf({ host, port }: Config): string {
  const reached = EVERYWHERE.includes(host) ? '127.0.0.1' : host;
  return `http://${reached.includes(':') ? `[${reached}]` : reached}:${port}`;
}
