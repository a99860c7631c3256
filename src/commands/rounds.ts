import { setTimeout as delay } from 'node:timers/promises';
import { LogSealed } from '../store/event-store.js';

/** When each round starts, in milliseconds: the first, then each next one. A random delay of up to the same length is added. */
const ROUNDS = { first: 60_000, next: 5 * 60_000 };

/**
 * Repeats background work that any process may do, until the signal aborts. If it fails, the next round tries again. In a sealed log there
 * is nothing to do.
 */
export async function inRounds(
  work: () => Promise<void>,
  onFailure: (error: unknown) => void,
  signal: AbortSignal,
): Promise<void> {
  for (let wait = ROUNDS.first; !signal.aborted; wait = ROUNDS.next) {
    await delay(wait * (1 + Math.random()), undefined, { signal, ref: false }).catch(() => {});
    await work().catch((error: unknown) => {
      if (!signal.aborted && !(error instanceof LogSealed)) onFailure(error);
    });
  }
}
