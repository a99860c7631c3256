/** From the first wait, doubling, to the longest, in milliseconds. */
const WAIT = { first: 100, longest: 10_000 };

/** After so long without a failure, in milliseconds, the waits begin with the first again. */
const CALM = 60_000;

/** How long to wait before the next try of what fails again and again. */
export class Backoff {
  #wait = WAIT.first;
  #failedAt = 0;

  /** Notes a failure; returns the wait after it, in milliseconds. */
  next(): number {
    const now = performance.now();
    const wait = now - this.#failedAt > CALM ? WAIT.first : this.#wait;
    this.#failedAt = now;
    this.#wait = Math.min(2 * wait, WAIT.longest);
    return wait;
  }
}
