/** The time that a request may take. Its mutations share it, one after another; what is read below them takes none of theirs. */
export class RequestTime {
  readonly #since: number;
  readonly #deadline: number;
  #signal: AbortSignal | undefined;
  /** For how long the answers to mutations have been put together so far, in milliseconds, and since when the last one is. */
  #answering = 0;
  #answeredSince: number | undefined;

  /**
   * @param since when the request came, by `performance.now()`
   * @param deadline how long it may take, in milliseconds
   */
  constructor(since: number, deadline: number) {
    this.#since = since;
    this.#deadline = deadline;
  }

  /** Aborts when the time is up. */
  get signal(): AbortSignal {
    this.#signal ??= AbortSignal.timeout(Math.max(0, Math.ceil(this.#since + this.#deadline - performance.now())));
    return this.#signal;
  }

  /** Since when the time of the mutation counts that begins now, by `performance.now()`. */
  beginMutation(): number {
    if (this.#answeredSince !== undefined) this.#answering += performance.now() - this.#answeredSince;
    this.#answeredSince = undefined;
    return this.#since + this.#answering;
  }

  /** The mutation is made; from now on, what was asked for below it is read. */
  endMutation(): void {
    this.#answeredSince = performance.now();
  }
}
