import { SignInTickets, type TicketHolder } from '../../auth/sign-in-tickets.js';
import type { Config } from '../../config.js';
import { requireLocalIssuer } from '../local-issuer.js';
import { print } from '../output/output.js';
import { WrongUsage } from '../output/wrong-usage.js';

/** Servers that listen on every address are asked on this machine's own. */
const EVERYWHERE = ['0.0.0.0', '::'];

/**
 * A link that lets a browser in once. The ticket is in the fragment, which browsers send to nobody: no server logs it.
 * @param address where the server answers, unless the settings say what browsers are to ask
 */
export async function signInLink(config: Config, holder: TicketHolder, address: string): Promise<string> {
  const ticket = await new SignInTickets(config.dataDirectory, Date.now).issue(holder);
  return `${config.publicUrl?.origin ?? address}/sign-in#${ticket}`;
}

/**
 * Prints such a link, for a server on this data directory.
 * @throws WrongUsage where there is an identity provider, an owner without an account, or no address to be known
 */
export async function printSignInLink(config: Config, holder: TicketHolder): Promise<void> {
  requireLocalIssuer(config, holder, 'people sign in with your identity provider');
  if (!config.publicUrl && config.port === 0) {
    throw new WrongUsage('PORT is 0, so the address is not known. Set KEYLEDGER_PUBLIC_URL to where the server answers.');
  }
  await print(`${await signInLink(config, holder, addressOf(config))}\n`);
}

function addressOf({ host, port }: Config): string {
  const reached = EVERYWHERE.includes(host) ? '127.0.0.1' : host;
  return `http://${reached.includes(':') ? `[${reached}]` : reached}:${port}`;
}
