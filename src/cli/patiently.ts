import { OutcomeUnknown, StoreUnavailable } from '../store/event-store.js';
import { retryUnknownOutcome } from '../store/retry-unknown-outcome.js';
import { say } from './output/output.js';

/** How long a command waits for a store that does not answer, in milliseconds: long enough for upgrading a cluster node by node. */
export const PATIENCE = 5 * 60_000;

/**
 * Retries while the store does not answer.
 * @param patience how long, in milliseconds
 * @throws Error if it still does not answer
 */
export async function patiently<T>(ask: () => Promise<T>, patience = PATIENCE): Promise<T> {
  const limit = new AbortController();
  const timer = setTimeout(() => limit.abort(), patience);
  try {
    return await retryUnknownOutcome(limit.signal, ask, sayWaiting);
  } catch (cause) {
    if (!(cause instanceof OutcomeUnknown || cause instanceof StoreUnavailable)) throw cause;
    const seconds = patience / 1000;
    const message = `The event store has not answered for ${seconds} s. Run the command again: it continues where it stopped.`;
    throw new Error(message, { cause });
  } finally {
    clearTimeout(timer);
  }
}

/** Says why a command that goes on by itself does not go on now. */
export function sayWaiting(error: OutcomeUnknown | StoreUnavailable): void {
  const detail = error instanceof StoreUnavailable ? error.detail : undefined;
  say(`${detail ?? 'The event store does not answer.'} Waiting for it.`);
}
