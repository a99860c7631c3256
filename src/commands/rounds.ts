import { setTimeout as delay } from 'node:timers/promises';
import { LogSealed } from '../store/event-store.js';

/** When each round starts, in milliseconds: the first, then each next one. A random delay of up to the same length is added. */
const ROUNDS = { first: 60_000, next: 5 * 60_000 };

/**
 * Repeats background work that any process may do, until it is stopped. If it fails, the next round tries again. In a sealed log there is
 * nothing to do.
 */
export class Rounds {
  readonly #work: () => Promise<void>;
  readonly #onFailure: (error: unknown) => void;
  readonly #stop = new AbortController();
  #running: Promise<void> | undefined;

  constructor(work: () => Promise<void>, onFailure: (error: unknown) => void) {
    this.#work = work;
    this.#onFailure = onFailure;
  }

  /** Aborts when the work is to stop. */
  get signal(): AbortSignal {
    return this.#stop.signal;
  }

  start(): void {
    this.#running ??= this.#run();
  }

  /** Resolves when no work is under way. */
  async stop(): Promise<void> {
    this.#stop.abort();
    await this.#running;
  }

  async #run(): Promise<void> {
    const { signal } = this;
    for (let wait = ROUNDS.first; await isOver(wait * (1 + Math.random()), signal); wait = ROUNDS.next) {
      await this.#work().catch((error: unknown) => {
        if (!signal.aborted && !(error instanceof LogSealed)) this.#onFailure(error);
      });
    }
  }
}

/** Resolves to true once the wait is over, or to false once the signal aborts. Does not keep the process alive. */
function isOver(wait: number, signal: AbortSignal): Promise<boolean> {
  return delay(wait, undefined, { signal, ref: false }).then(
    () => true,
    () => false,
  );
}
