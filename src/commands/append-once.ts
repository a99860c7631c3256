import { type EventStore, LogSealed, type NewEvent, OutcomeUnknown, VersionConflict } from '../store/event-store.js';
import { retryUnknownOutcome } from '../store/retry-unknown-outcome.js';

/**
 * Appends the events at that version. If the store does not answer, the append is retried with the same ids until the signal aborts, so the
 * events are written once. A conflict or a seal means that they were not written. Any other refusal tells nothing of the tries before it:
 * where one of them may have written, it is retried, too.
 * @returns the stream's new version
 * @throws VersionConflict, OutcomeUnknown, StoreUnavailable, LogSealed, LogMismatch
 */
export async function appendOnce(
  store: EventStore,
  stream: string,
  version: number,
  events: NewEvent[],
  signal: AbortSignal,
): Promise<number> {
  let mayBeWritten = false;
  const append = () => store.append(stream, version, events, signal);
  return retryUnknownOutcome(signal, async () => {
    try {
      return await append().catch(async (error: unknown) => {
        if (!(error instanceof VersionConflict && mayBeWritten && store.requireLeader)) throw error;
        // A former leader does not know what the others have stored meanwhile.
        await store.requireLeader(signal);
        return append();
      });
    } catch (error) {
      if (error instanceof VersionConflict || error instanceof LogSealed) throw error;
      if (error instanceof OutcomeUnknown) mayBeWritten = true;
      else if (mayBeWritten) throw new OutcomeUnknown({ cause: error });
      throw error;
    }
  });
}
