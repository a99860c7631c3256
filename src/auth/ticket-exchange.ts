import type { Clock } from '../shared/clock.js';
import type { LocalIssuer } from './local-issuer.js';
import { SESSION_LIFETIME } from './session-lifetime.js';
import { SignInTickets } from './sign-in-tickets.js';
import type { ClaimMapping } from './viewer.js';

export interface TicketExchangeOptions {
  dataDirectory: string;
  issuer: LocalIssuer;
  claims: ClaimMapping;
  clock: Clock;
}

/** Creates a function that exchanges a ticket for a token, once. Its result is undefined if the ticket is not valid. */
export function ticketExchange({ dataDirectory, issuer, claims, clock }: TicketExchangeOptions) {
  const tickets = new SignInTickets(dataDirectory, clock);
  return async (ticket: string): Promise<string | undefined> => {
    const holder = await tickets.redeem(ticket);
    return holder && issuer.issue({ ...holder, ttl: SESSION_LIFETIME / 1000 }, claims);
  };
}
