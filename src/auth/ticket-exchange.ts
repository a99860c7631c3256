import type { LocalIssuer } from './local-issuer.js';
import { SignInTickets } from './sign-in-tickets.js';
import type { ClaimNames } from './viewer.js';

/** For how long a ticket lets somebody in, in seconds. */
const SESSION = 12 * 60 * 60;

export interface TicketExchangeOptions {
  dataDirectory: string;
  issuer: LocalIssuer;
  claims: ClaimNames;
  clock: () => number;
}

/** Gives a token for a ticket, once; undefined for one that is good for nothing. */
export function ticketExchange({ dataDirectory, issuer, claims, clock }: TicketExchangeOptions) {
  const tickets = new SignInTickets(dataDirectory, clock);
  return async (ticket: string): Promise<string | undefined> => {
    const holder = await tickets.redeem(ticket);
    return holder && issuer.issue({ ...holder, ttl: SESSION }, claims);
  };
}
