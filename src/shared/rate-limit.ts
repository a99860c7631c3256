const MINUTE = 60_000;

/** The use of at least this many keys is remembered, and of at most twice as many. Memory is bounded: about 20 MB. */
const CAPACITY = 50_000;

/**
 * Limits each key to a number of uses a minute: that many at once, then one each time its share of the minute has passed. (Generic cell
 * rate algorithm, ITU-T I.371: all it stores for a key is the instant at which its full allowance is available again.)
 */
export class RateLimit {
  readonly #interval: number;
  readonly #clock: () => number;
  readonly #capacity: number;
  #older = new Map<string, number>();
  #newer = new Map<string, number>();

  /** @param clock milliseconds that never go back; by default of this process */
  constructor(perMinute: number, clock: () => number = () => performance.now(), capacity = CAPACITY) {
    this.#interval = MINUTE / perMinute;
    this.#clock = clock;
    this.#capacity = capacity;
  }

  /** How many milliseconds until the limit allows the key `count` uses; 0 if it does now. Does not count them. */
  wait(key: string, count = 1): number {
    const restoredAt = this.#restoredAt(key);
    if (restoredAt === undefined) return 0;
    return Math.max(0, Math.floor(restoredAt + count * this.#interval - MINUTE - this.#clock()));
  }

  /** Counts uses, whether or not the limit allows them. */
  count(key: string, count = 1): void {
    const now = this.#clock();
    const restoredAt = Math.max(now, this.#restoredAt(key) ?? now) + count * this.#interval;
    if (this.#newer.size === this.#capacity && !this.#newer.has(key)) {
      this.#older = this.#newer;
      this.#newer = new Map();
    }
    this.#newer.set(key, restoredAt);
  }

  /**
   * Counts the uses if the limit allows all of them; otherwise counts none.
   * @param count at most the number that is allowed a minute
   * @returns 0 if they were counted, otherwise how many milliseconds until they would be
   */
  take(key: string, count = 1): number {
    const wait = this.wait(key, count);
    if (wait === 0) this.count(key, count);
    return wait;
  }

  #restoredAt(key: string): number | undefined {
    return this.#newer.get(key) ?? this.#older.get(key);
  }
}
