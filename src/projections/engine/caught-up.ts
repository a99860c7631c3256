/** The projection is being filled, or has not reached the requested state. */
export class NotCaughtUp extends Error {
  readonly code = 'NOT_READY';
  constructor(
    message = 'Keyledger is still reading its event log. Try again in a moment. GET /readyz shows how far it has read.',
  ) {
    super(message);
  }
}

/** A caller that waits until a projection holds all that the log held at that instant. */
interface Waiting {
  since: number;
  resolve: (caughtUp: boolean) => void;
}

/** Knows the last instant at which a projection held all that the log held. Lets callers wait for a later one. */
export class CaughtUp {
  /** Resolves when the projection has caught up for the first time. */
  readonly first: Promise<void>;
  #resolveFirst: () => void = () => {};
  /** By `performance.now()`. */
  #at: number | undefined;
  #isReached = false;
  #waiting: Waiting[] = [];

  constructor() {
    this.first = new Promise((resolve) => {
      this.#resolveFirst = resolve;
    });
  }

  /** True if it has caught up, and its tables were not lost since. */
  get isReached(): boolean {
    return this.#isReached;
  }

  /** How many milliseconds ago the projection held all that the log held; undefined if no such time is known. */
  get age(): number | undefined {
    return this.#at === undefined ? undefined : performance.now() - this.#at;
  }

  get isAwaited(): boolean {
    return this.#waiting.length > 0;
  }

  /**
   * @param at an instant, by `performance.now()`, after which the log held nothing but what the projection holds now
   * @param isMoved true: the log goes on elsewhere, so the projection holds all of it that is here, and does not get younger
   */
  mark(at: number, isMoved = false): void {
    this.#isReached = true;
    if (!isMoved) this.#at = Math.max(at, this.#at ?? at);
    this.#resolveFirst();
    const waiting = this.#waiting;
    this.#waiting = waiting.filter(({ since }) => since > at);
    for (const { since, resolve } of waiting) if (since <= at) resolve(true);
  }

  /** The tables are emptied or foreign: it has to catch up again. */
  lose(): void {
    this.#at = undefined;
    this.#isReached = false;
  }

  /** Resolves to true once the projection holds all that the log held at that instant; to false if `end` comes before that. */
  to(since: number): Promise<boolean> {
    return new Promise((resolve) => this.#waiting.push({ since, resolve }));
  }

  /** Call it when the projection stops. */
  end(): void {
    for (const { resolve } of this.#waiting.splice(0)) resolve(false);
  }
}
