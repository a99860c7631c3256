import { UnreadableStream } from '../../domain/keys/refusals.js';
import type { RecordedEvent } from '../../store/event-store.js';
import type { Unread } from './projection.js';

/** A decoded event, and where it is. */
type Decoded<T> = Pick<RecordedEvent, 'stream' | 'version' | 'position'> & { event: T };

/** Decodes events that are independent of each other. Unreadable events are reported and affect no others. */
export function decodeEach<T>(
  events: RecordedEvent[],
  decode: (event: RecordedEvent) => T,
): { read: Decoded<T>[]; unread: Unread[] } {
  const read: Decoded<T>[] = [];
  const unread: Unread[] = [];
  for (const event of events) {
    try {
      const { stream, version, position } = event;
      read.push({ event: decode(event), stream, version, position });
    } catch (error) {
      if (!(error instanceof UnreadableStream)) throw error;
      unread.push({ event, reason: error.message });
    }
  }
  return { read, unread };
}
