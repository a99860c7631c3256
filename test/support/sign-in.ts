import { SignInTickets, type TicketHolder } from '../../src/auth/sign-in-tickets.js';
import type { Server } from './server.js';

/** A link that signs its holder in, once. */
export async function signInLink({ url, dataDirectory }: Server, holder: TicketHolder): Promise<string> {
  return `${url}/sign-in#${await new SignInTickets(dataDirectory, Date.now).issue(holder)}`;
}

/** Redeems a one-time ticket, as the dashboard's page does. */
export function redeem({ url }: { url: string }, ticket: string): Promise<Response> {
  return fetch(`${url}/auth/session`, {
    method: 'POST',
    headers: { 'content-type': 'application/json', origin: url, connection: 'close' },
    body: JSON.stringify({ ticket }),
  });
}

/** The viewer that the API sees with the cookie from the answer. */
export async function viewerOf({ url }: { url: string }, answer: Response): Promise<unknown> {
  const [cookie = ''] = answer.headers.getSetCookie().map((value) => value.split(';')[0]);
  const response = await fetch(`${url}/graphql`, {
    method: 'POST',
    headers: { 'content-type': 'application/json', origin: url, cookie },
    body: '{"query":"{ viewer { subject accountId roles } }"}',
  });
  const { data, errors } = await response.json();
  if (errors) throw new Error(`GraphQL errors: ${JSON.stringify(errors)}`);
  return data.viewer;
}
