import { setTimeout as delay } from 'node:timers/promises';
import { OutcomeUnknown, StoreUnavailable } from './event-store.js';

/** How long to wait before the next try when the store does not answer, in milliseconds: from the first, doubling, to the second. */
const BACKOFF = { first: 20, longest: 500 };

/** Asks again while the store does not answer; when the signal aborts, says whether anything may have been written. */
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
