import { Backoff } from '../../shared/backoff.js';

/** The waits after a file could not be filled. To fill one is much work, and what prevents it may last: a full disk. */
const BACKOFF = { first: 1000, longest: 60_000 };

/** Runs at most one fill of a file at a time. Callers that ask meanwhile get the result of the fill under way. */
export class SingleFill {
  readonly #backoff = new Backoff(BACKOFF);
  #running: Promise<void> | undefined;

  /**
   * Rejects as `fill` does, but only after a wait, which the signal ends.
   * @param fill not called if a fill is under way
   */
  run(fill: () => Promise<void>, signal: AbortSignal): Promise<void> {
    this.#running ??= this.#run(fill, signal).finally(() => {
      this.#running = undefined;
    });
    return this.#running;
  }

  async #run(fill: () => Promise<void>, signal: AbortSignal): Promise<void> {
    try {
      await fill();
      this.#backoff.reset();
    } catch (error) {
      await this.#backoff.wait(signal);
      throw error;
    }
  }
}
