/** The time budget of a request. Its mutations share it, one after another. Resolving the fields below a mutation does not use it up. */
export class RequestTime {
  readonly #since: number;
  readonly #deadline: number;
  #signal: AbortSignal | undefined;
  /** How long the fields below earlier mutations took, in milliseconds, and when those below the last one began. */
  #answering = 0;
  #answeredSince: number | undefined;

  /**
   * @param since when the request arrived, by `performance.now()`
   * @param deadline the maximum time for the request, in milliseconds
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

  /** Begins the next mutation. Returns the start of its time, by `performance.now()`. */
  beginMutation(): number {
    if (this.#answeredSince !== undefined) this.#answering += performance.now() - this.#answeredSince;
    this.#answeredSince = undefined;
    return this.#since + this.#answering;
  }

  /** Ends the mutation. The fields below it are resolved next. */
  endMutation(): void {
    this.#answeredSince = performance.now();
  }
}
