import { UnreadableStream } from '../domain/refusals.js';
import type { RecordedEvent } from '../store/event-store.js';
import type { Unread } from './projection.js';

/** Reads events of which each stands for itself: what cannot be read is told of, and takes nothing else with it. */
export function decodeEach<T>(
  events: RecordedEvent[],
  decode: (event: RecordedEvent) => T,
): { read: { event: T; position: number }[]; unread: Unread[] } {
  const read: { event: T; position: number }[] = [];
  const unread: Unread[] = [];
  for (const event of events) {
    try {
      read.push({ event: decode(event), position: event.position });
    } catch (error) {
      if (!(error instanceof UnreadableStream)) throw error;
      unread.push({ event, reason: error.message });
    }
  }
  return { read, unread };
}
