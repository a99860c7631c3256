import { randomUUID } from 'node:crypto';

/**
 * An id for an event: a UUID of version 7 (RFC 9562, section 5.7), of which 74 bits are random. It begins with the time, so that
 * whatever is sorted by ids grows at its end: to add to it costs the same however long the log is.
 * @param at when it happened, in milliseconds since 1970
 */
export function newEventId(at: number): string {
  const time = at.toString(16).padStart(12, '0');
  return `${time.slice(0, 8)}-${time.slice(8)}-7${randomUUID().slice(15)}`;
}
