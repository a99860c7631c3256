import { type EventStore, type NewEvent, OutcomeUnknown, VersionConflict } from '../store/event-store.js';
import { retryUnknownOutcome } from '../store/retry-unknown-outcome.js';

/**
 * Appends the events at that version. If the store does not answer, the append is retried with the same ids until the signal aborts, so the
 * events are written once. A conflict means that they were not written.
 * @returns the stream's new version
 * @throws VersionConflict, OutcomeUnknown, StoreUnavailable, LogSealed
 */
export async function appendOnce(
  store: EventStore,
  stream: string,
  version: number,
  events: NewEvent[],
  signal: AbortSignal,
): Promise<number> {
  let mayBeWritten = false;
  return retryUnknownOutcome(signal, async () => {
    try {
      return await store.append(stream, version, events, signal);
    } catch (error) {
      mayBeWritten ||= error instanceof OutcomeUnknown;
      if (!(error instanceof VersionConflict && mayBeWritten && store.requireLeader)) throw error;
      // A former leader does not know what the others have stored meanwhile.
      await store.requireLeader(signal);
      return await store.append(stream, version, events, signal);
    }
  });
}
