import { UnreadableStream } from '../../domain/keys/refusals.js';
import type { RecordedEvent } from '../../store/event-store.js';
import type { Unread } from './projection.js';

/** An event that could be read, and where it is. */
type Decoded<T> = Pick<RecordedEvent, 'stream' | 'version' | 'position'> & { event: T };

/** Reads events of which each stands for itself: what cannot be read is told of, and takes nothing else with it. */
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
