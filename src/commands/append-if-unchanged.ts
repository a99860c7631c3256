import { type EventStore, type NewEvent, VersionConflict } from '../store/event-store.js';
import { appendOnce } from './append-once.js';

/**
 * Appends the event if the stream is still at that version. If several processes decide the same, one of them appends.
 * @returns false if the stream has moved on, because another process was first
 * @throws OutcomeUnknown, StoreUnavailable, LogSealed, LogMismatch
 */
export async function appendIfUnchanged(
  store: EventStore,
  stream: string,
  version: number,
  event: NewEvent,
  signal: AbortSignal,
): Promise<boolean> {
  try {
    await appendOnce(store, stream, version, [event], signal);
    return true;
  } catch (error) {
    if (error instanceof VersionConflict) return false;
    throw error;
  }
}
