import { setTimeout as delay } from 'node:timers/promises';
import { LogSealed } from '../store/event-store.js';

/** When it is looked whether there is something to do, in milliseconds: first, and then again and again; up to twice as late, as chance has it. */
const ROUNDS = { first: 60_000, next: 5 * 60_000 };

/**
 * Does work that any process may do, and that nobody waits for, again and again until the signal aborts. What fails is tried again in
 * the next round; in a sealed log there is nothing to do.
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
