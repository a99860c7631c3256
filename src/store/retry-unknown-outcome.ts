import { setTimeout as delay } from 'node:timers/promises';
import { OutcomeUnknown, StoreUnavailable } from './event-store.js';

/** Wait before the next try when the store does not answer, in milliseconds: starts at `first`, doubles up to `longest`. */
const BACKOFF = { first: 20, longest: 500 };

/** Retries while the store does not answer. If the signal aborts, the error says whether anything may have been written. */
export async function retryUnknownOutcome<T>(signal: AbortSignal, ask: () => Promise<T>): Promise<T> {
  let unknown: OutcomeUnknown | undefined;
  for (let wait = BACKOFF.first; ; wait = Math.min(2 * wait, BACKOFF.longest)) {
    try {
      return await ask();
    } catch (error) {
      if (error instanceof OutcomeUnknown) unknown = error;
      else if (!(error instanceof StoreUnavailable)) throw error;
      await delay(wait, undefined, { signal }).catch(() => {});
      if (signal.aborted) throw unknown ?? error;
    }
  }
}
