/** The projection is being filled, or has not reached the requested state. */
export class NotCaughtUp extends Error {
  readonly code = 'NOT_READY';
  constructor(
    message = 'Keyledger is still reading its event log. Try again in a moment. GET /readyz shows how far it has read.',
  ) {
    super(message);
  }
}

/** When a projection last held all that the log held, and who waits for the next time. */
export class CaughtUp {
  /** Resolves when that is so for the first time. */
  readonly first: Promise<void>;
  #resolveFirst: () => void = () => {};
  /** By `performance.now()`. */
  #at: number | undefined;
  #waiting: ((caughtUp: boolean) => void)[] = [];

  constructor() {
    this.first = new Promise((resolve) => {
      this.#resolveFirst = resolve;
    });
  }

  /** True if it has caught up, and its tables were not lost since. */
  get isReached(): boolean {
    return this.#at !== undefined;
  }

  /** How many milliseconds ago it was; undefined before the first time. */
  get age(): number | undefined {
    return this.#at === undefined ? undefined : performance.now() - this.#at;
  }

  get isAwaited(): boolean {
    return this.#waiting.length > 0;
  }

  mark(): void {
    this.#at = performance.now();
    this.#resolveFirst();
    this.#settle(true);
  }

  /** The tables are emptied or foreign: it has to catch up again. */
  lose(): void {
    this.#at = undefined;
  }

  /** Resolves to true the next time; to false if `end` comes before that. */
  next(): Promise<boolean> {
    return new Promise((resolve) => this.#waiting.push(resolve));
  }

  /** Call it when the projection stops. */
  end(): void {
    this.#settle(false);
  }

  #settle(caughtUp: boolean): void {
    for (const resolve of this.#waiting.splice(0)) resolve(caughtUp);
  }
}
