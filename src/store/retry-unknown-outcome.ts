import { Backoff } from '../shared/backoff.js';
import { type EventStore, OutcomeUnknown, StoreUnavailable } from './event-store.js';

/** The waits between tries when the store does not answer. */
const BACKOFF = { first: 20, longest: 500 };

/** Called with the error for which a caller waits. */
type OnWait = (error: OutcomeUnknown | StoreUnavailable) => void;

/**
 * Retries while the store does not answer. If the signal aborts, the error says whether anything may have been written.
 * @param onWait called once, with the first error, if the store does not answer at once
 */
export async function retryUnknownOutcome<T>(signal: AbortSignal, ask: () => Promise<T>, onWait?: OnWait): Promise<T> {
  let unknown: OutcomeUnknown | undefined;
  // Most attempts succeed at once, and need no wait.
  let backoff: Backoff | undefined;
  for (;;) {
    try {
      return await ask();
    } catch (error) {
      if (error instanceof OutcomeUnknown) unknown = error;
      else if (!(error instanceof StoreUnavailable)) throw error;
      backoff ??= beginWaiting(error, onWait);
      await backoff.wait(signal);
      if (signal.aborted) throw unknown ?? error;
    }
  }
}

/** Resolves once the node has shown that it leads, or at once if the store has no leader. Retries like `retryUnknownOutcome`. */
export async function untilItLeads(
  store: Pick<EventStore, 'requireLeader'>,
  signal: AbortSignal,
  onWait?: OnWait,
): Promise<void> {
  await retryUnknownOutcome(signal, async () => store.requireLeader?.(signal), onWait);
}

function beginWaiting(error: OutcomeUnknown | StoreUnavailable, onWait?: OnWait): Backoff {
  onWait?.(error);
  return new Backoff(BACKOFF);
}
