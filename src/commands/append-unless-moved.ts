import { type EventStore, type NewEvent, VersionConflict } from '../store/event-store.js';
import { retryUnknownOutcome } from '../store/retry-unknown-outcome.js';

/**
 * Appends what was decided on that version of the stream. Of several processes that decide the same, one appends.
 * @returns false where the stream has gone on: another process was first
 * @throws OutcomeUnknown, StoreUnavailable, LogSealed
 */
export async function appendUnlessMoved(
  store: EventStore,
  stream: string,
  version: number,
  event: NewEvent,
  signal: AbortSignal,
): Promise<boolean> {
  try {
    await retryUnknownOutcome(signal, () => store.append(stream, version, [event], signal));
    return true;
  } catch (error) {
    if (error instanceof VersionConflict) return false;
    throw error;
  }
}
