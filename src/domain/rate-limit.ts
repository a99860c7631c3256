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

  /** How many milliseconds until the key is within the limit; 0 where it is. Counts nothing. */
  wait(key: string): number {
    const restoredAt = this.#restoredAt(key);
    return restoredAt === undefined ? 0 : Math.max(0, Math.floor(restoredAt + this.#interval - MINUTE - this.#clock()));
  }

  /** Counts one. */
  count(key: string): void {
    const now = this.#clock();
    const restoredAt = Math.max(now, this.#restoredAt(key) ?? now) + this.#interval;
    if (this.#newer.size === this.#capacity && !this.#newer.has(key)) {
      this.#older = this.#newer;
      this.#newer = new Map();
    }
    this.#newer.set(key, restoredAt);
  }

  /** Counts one where the key is within the limit. @returns 0 then, else how many milliseconds until it is */
  take(key: string): number {
    const wait = this.wait(key);
    if (wait === 0) this.count(key);
    return wait;
  }

  #restoredAt(key: string): number | undefined {
    return this.#newer.get(key) ?? this.#older.get(key);
  }
}
