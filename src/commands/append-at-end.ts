import { type EventStore, type NewEvent, VersionConflict } from '../store/event-store.js';
import { appendOnce } from './append-once.js';

/**
 * Appends at the end of the stream, wherever that is by now. For events that do not depend on the stream's state. If the store does not
 * answer, the append is retried with the same ids at the same version until the signal aborts, so the events are written once.
 * @returns the stream's new version
 * @throws OutcomeUnknown, StoreUnavailable, LogSealed, LogMismatch
 */
export async function appendAtEnd(store: EventStore, stream: string, events: NewEvent[], signal: AbortSignal): Promise<number> {
  for (let version = 0; ; ) {
    try {
      return await appendOnce(store, stream, version, events, signal);
    } catch (error) {
      if (!(error instanceof VersionConflict)) throw error;
      version = error.actual;
    }
  }
}
