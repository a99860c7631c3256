import { randomUUID } from 'node:crypto';

/**
 * Creates an event id: a UUID of version 7 (RFC 9562, section 5.7) with 74 random bits. It begins with the time, so new ids go to the end
 * of an index: an insert costs the same however long the log is.
 * @param at when the event happened, in milliseconds since 1970
 */
export function newEventId(at: number): string {
  const time = at.toString(16).padStart(12, '0');
  return `${time.slice(0, 8)}-${time.slice(8)}-7${randomUUID().slice(15)}`;
}
