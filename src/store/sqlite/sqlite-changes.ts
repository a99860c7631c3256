import type { Database } from 'better-sqlite3';
import { type Beat, beat } from '../../shared/beat.js';

/** A follower looks at the log at least this often, in milliseconds. A small `staleness` shortens it. */
const LOOK_INTERVAL = 1000;

export interface ChangesOptions {
  /** When to check for commits of other processes. */
  checks?: Beat;
  /** The maximum time, in milliseconds, between a follower's proofs that it has missed nothing. */
  staleness?: number | undefined;
}

/**
 * Tells the followers of a log when there may be something new. Commits of other processes are found by a number that SQLite counts up, so
 * that an idle log costs one check for all followers, however many there are.
 */
export class Changes {
  readonly #dataVersion;
  readonly #waiting = new Set<() => void>();
  #known: unknown;
  #count = 0;
  /** Ends the checks. */
  #endChecks: (() => void) | undefined;
  readonly #beat: Beat;
  readonly #lookInterval: number;
  /** When all followers looked last, by `performance.now()`. */
  #lookedAt = 0;

  constructor(database: Database, { checks = beat, staleness = Number.POSITIVE_INFINITY }: ChangesOptions = {}) {
    this.#beat = checks;
    // Leaves time for a late look.
    this.#lookInterval = Math.min(LOOK_INTERVAL, staleness / 2);
    this.#dataVersion = database.prepare<[], number>('PRAGMA data_version').pluck();
  }

  /** How many changes are known. Take it before you look at the log. */
  get count(): number {
    return this.#count;
  }

  /** Makes all followers look at the log. Call it after a commit of this process, which SQLite does not count. */
  record(): void {
    this.#count += 1;
    this.#lookedAt = performance.now();
    for (const wake of this.#waiting) wake();
  }

  /** Resolves when there are more changes than that, when it is time to look anyway, or when the signal aborts. */
  moreThan(count: number, signal: AbortSignal): Promise<void> {
    if (count !== this.#count || signal.aborted) return Promise.resolve();
    this.#endChecks ??= this.#beat.listen(() => this.#check(), { isAwaited: true });
    return new Promise((resolve) => {
      const wake = () => {
        signal.removeEventListener('abort', wake);
        this.#waiting.delete(wake);
        if (this.#waiting.size === 0) this.#pause();
        resolve();
      };
      this.#waiting.add(wake);
      signal.addEventListener('abort', wake, { once: true });
    });
  }

  #check(): void {
    const version = this.#read();
    // All look together: each time that an idle process wakes up costs more than the look.
    if (version === this.#known && performance.now() - this.#lookedAt < this.#lookInterval) return;
    this.#known = version;
    this.record();
  }

  /** Undefined if the file cannot be read. The followers then find out why. */
  #read(): number | undefined {
    try {
      return this.#dataVersion.get();
    } catch {
      return undefined;
    }
  }

  #pause(): void {
    this.#endChecks?.();
    this.#endChecks = undefined;
  }
}
