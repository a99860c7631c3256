import type { Clock } from './clock.js';

const MINUTE = 60_000;

/** Of how many keys at least what they used is remembered, and of twice as many at most: in flat memory, some 20 MB. */
const CAPACITY = 50_000;

/**
 * Allows so many a minute of each key: at once as many as that, and then one whenever its part of the minute has passed. (The
 * generic cell rate algorithm, ITU-T I.371: of a key it knows only the instant at which all that was used is given back.)
 */
export class RateLimit {
  readonly #interval: number;
  readonly #clock: Clock;
  readonly #capacity: number;
  #older = new Map<string, number>();
  #newer = new Map<string, number>();

  constructor(perMinute: number, clock: Clock = () => performance.now(), capacity = CAPACITY) {
    this.#interval = MINUTE / perMinute;
    this.#clock = clock;
    this.#capacity = capacity;
  }

  /** How many milliseconds until the limit allows the key so many; 0 where it does. Counts nothing. */
  wait(key: string, count = 1): number {
    const restoredAt = this.#restoredAt(key);
    if (restoredAt === undefined) return 0;
    return Math.max(0, Math.floor(restoredAt + count * this.#interval - MINUTE - this.#clock()));
  }

  /** Counts so many. */
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
   * Counts so many where the limit allows the key as many, and none where it does not.
   * @param count as many as are allowed a minute, at most
   * @returns 0 where it counted, else how many milliseconds until it would
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
