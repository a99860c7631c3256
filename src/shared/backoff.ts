/** In milliseconds. The wait starts at `first` and doubles up to `longest`. */
const WAIT = { first: 100, longest: 10_000 };

/** After this many milliseconds without a failure, the wait starts at `first` again. */
const CALM = 60_000;

/** Computes how long to wait before each retry of something that keeps failing. */
export class Backoff {
  #wait = WAIT.first;
  #failedAt = 0;

  /** Records a failure. Returns how long to wait now, in milliseconds. */
  next(): number {
    const now = performance.now();
    const wait = now - this.#failedAt > CALM ? WAIT.first : this.#wait;
    this.#failedAt = now;
    this.#wait = Math.min(2 * wait, WAIT.longest);
    return wait;
  }
}
