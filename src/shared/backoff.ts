import { setTimeout as delay } from 'node:timers/promises';

/** All times are in milliseconds. */
export interface BackoffOptions {
  first: number;
  longest: number;
  /** After this long without a failure, the wait starts at `first` again. */
  calm?: number;
  /** Up to this part of each wait, from 0 to 1, is left out at random. */
  jitter?: number;
}

/** The waits before retries of something that keeps failing. They start at `first` and double up to `longest`. */
export class Backoff {
  readonly #options: Required<BackoffOptions>;
  #wait: number;
  #failedAt = 0;

  constructor({ first, longest, calm = Number.POSITIVE_INFINITY, jitter = 0 }: BackoffOptions) {
    this.#options = { first, longest, calm, jitter };
    this.#wait = first;
  }

  /** Records a failure. Returns how long to wait now. */
  next(): number {
    const { longest, calm, jitter } = this.#options;
    const now = performance.now();
    if (now - this.#failedAt > calm) this.reset();
    this.#failedAt = now;
    const wait = this.#wait;
    this.#wait = Math.min(2 * wait, longest);
    return wait * (1 - jitter * Math.random());
  }

  /** Records a failure, and waits. The wait ends early if the signal aborts. */
  async wait(signal?: AbortSignal): Promise<void> {
    await delay(this.next(), undefined, { signal }).catch(() => {});
  }

  /** Records a success: the wait starts at `first` again. */
  reset(): void {
    this.#wait = this.#options.first;
  }
}
