/** Called at each beat. `late` is the delay of the beat, in milliseconds. */
type Listener = (late: number) => unknown;

/**
 * Calls all listeners together, at an interval. For an idle process, waking up costs more than the work that it then does, so periodic
 * checks share one timer.
 */
export class Beat {
  /** In milliseconds. */
  readonly interval: number;
  readonly #listeners = new Set<Listener>();
  /** The listeners that keep the process alive. */
  readonly #awaited = new Set<Listener>();
  #timer: NodeJS.Timeout | undefined;
  #due = 0;

  constructor(interval: number) {
    this.interval = interval;
  }

  /**
   * Calls the listener at each beat.
   * @param isAwaited true: the listener keeps the process alive
   * @returns a function that removes the listener
   */
  listen(listener: Listener, { isAwaited }: { isAwaited: boolean }): () => void {
    this.#listeners.add(listener);
    if (isAwaited) this.#awaited.add(listener);
    this.#timer ??= this.#start();
    this.#adjust();
    return () => {
      this.#listeners.delete(listener);
      this.#awaited.delete(listener);
      this.#adjust();
    };
  }

  /** Resolves at the beat nearest to that many milliseconds from now, or when the signal aborts. Keeps the process alive until then. */
  wait(milliseconds: number, signal: AbortSignal): Promise<void> {
    if (signal.aborted) return Promise.resolve();
    const due = performance.now() + milliseconds - this.interval / 2;
    return new Promise((resolve) => {
      const end = () => {
        endListening();
        signal.removeEventListener('abort', end);
        resolve();
      };
      const endListening = this.listen(() => performance.now() >= due && end(), { isAwaited: true });
      signal.addEventListener('abort', end);
    });
  }

  #start(): NodeJS.Timeout {
    this.#due = performance.now() + this.interval;
    return setInterval(() => this.#strike(), this.interval);
  }

  #strike(): void {
    const now = performance.now();
    const late = Math.max(0, now - this.#due);
    this.#due = now + this.interval;
    for (const listener of this.#listeners) listener(late);
  }

  #adjust(): void {
    if (this.#awaited.size > 0) this.#timer?.ref();
    else this.#timer?.unref();
    if (this.#listeners.size > 0) return;
    clearInterval(this.#timer);
    this.#timer = undefined;
  }
}

/** The beat of this process. */
export const beat = new Beat(100);
