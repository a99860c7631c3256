import { PATH } from '../../shared/paths.js';
import { messageOf } from '../api/failures.js';

/**
 * Removes the one-time ticket from the address, so that neither the browser's history nor a copied link contains it.
 * @returns the ticket; undefined if there is none
 */
export function takeTicket(): string | undefined {
  const ticket = location.hash.slice(1);
  if (ticket) history.replaceState(null, '', location.pathname + location.search);
  return ticket || undefined;
}

/**
 * Exchanges a one-time ticket for a session cookie.
 * @returns why there is no session; undefined if there is one
 */
export async function redeem(ticket: string): Promise<string | undefined> {
  try {
    const response = await fetch(PATH.session, {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify({ ticket }),
    });
    if (response.ok) return undefined;
    // A problem of RFC 9457, which explains why the link does not work.
    const { detail }: Record<string, unknown> = await response.json();
    return typeof detail === 'string' ? detail : `The server answered ${response.status}.`;
  } catch (error) {
    return `Keyledger could not be reached: ${messageOf(error)}.`;
  }
}
