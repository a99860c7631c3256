import { setTimeout as delay } from 'node:timers/promises';
import type { Logger } from 'pino';
import { QUARTER, quarterOf } from '../../domain/analytics/quarter.js';
import { dayOf } from '../../domain/usage/key-usage.js';
import type { Clock } from '../../shared/clock.js';
import { VersionConflict } from '../../store/event-store.js';
import { type Count, CountStream, type CountStreamOptions } from './count-stream.js';

/** How long the last counts may take when the process stops, in milliseconds. */
const LAST_FLUSH = 2000;

/** What waits of one name; it changes in place, so that what happens costs no memory. */
type Counter = Pick<Count, 'count' | 'first' | 'last'>;

export interface BatchedCountsOptions extends Pick<CountStreamOptions, 'store' | 'toEvent'> {
  clock: Clock;
  log: Pick<Logger, 'warn' | 'error'>;
  /** How long is counted before it is written, in milliseconds. */
  interval: number;
  /** How many counts may wait at the most; when there are so many, they are written before their time. So many names a stream holds. */
  capacity: number;
  /** What the log is told: that too many wait, that all are counted again, and that some could not be written. */
  messages: { full: string; recovered: string; lost: string };
}

/**
 * Counts what happens, by name and quarter of an hour, and records it in a stream of this process and day (UTC), without anybody
 * waiting for it: counts are kept in memory and written together. A crash may lose those since the last time. A store that is away
 * loses none, unless it is away for so long that too many wait, or when the process stops; that is logged. Where another process
 * has closed the stream, as it does when the day is over, the counts go on in a new one.
 */
export class BatchedCounts {
  readonly #options: BatchedCountsOptions;
  readonly #giveUp = new AbortController();
  /** Ends the wait for the next flush. */
  #hurry = new AbortController();
  /** What waits, by the beginning of its quarter and by name. */
  #waiting = new Map<number, Map<string, Counter>>();
  /** The part of it to which is added from the one instant to before the other. */
  #current = new Map<string, Counter>();
  #currentBegins = 0;
  #currentEnds = 0;
  #size = 0;
  #dropped = 0;
  #flushing: Promise<void> | undefined;
  /** What was written and may go on, by day. */
  readonly #streams = new Map<string, CountStream>();

  constructor(options: BatchedCountsOptions) {
    this.#options = options;
  }

  /** Counts one at that instant (milliseconds since 1970); it neither waits nor throws. It looks once into one map. */
  note(name: string, at: number): void {
    if (at >= this.#currentEnds || at < this.#currentBegins) this.#beginQuarter(at);
    const counter = this.#current.get(name);
    if (counter === undefined) {
      this.#keep(name, at);
    } else {
      counter.count += 1;
      counter.last = at;
    }
  }

  /** Writes what waits at once. Resolves when it is written. */
  async flush(): Promise<void> {
    // Where nothing waits, what comes next is not hurried.
    if (this.#flushing) this.#hurry.abort();
    await this.#flushing;
  }

  /** Likewise for the last time. Resolves also when the time for that is up. */
  async stop(): Promise<void> {
    const timer = setTimeout(() => this.#giveUp.abort(), LAST_FLUSH);
    await this.flush();
    clearTimeout(timer);
  }

  #beginQuarter(at: number): void {
    const start = quarterOf(at);
    this.#current = this.#waiting.get(start) ?? new Map();
    this.#currentBegins = start;
    this.#currentEnds = start + QUARTER;
    this.#waiting.set(start, this.#current);
  }

  #keep(name: string, at: number): void {
    const { capacity } = this.#options;
    if (this.#size >= capacity) {
      this.#drop();
      return;
    }
    this.#current.set(name, { count: 1, first: at, last: at });
    this.#size += 1;
    if (this.#size === capacity) this.#hurry.abort();
    this.#flushing ??= this.#writeInTime();
  }

  async #writeInTime(): Promise<void> {
    while (this.#size > 0) {
      await delay(this.#options.interval, undefined, { signal: this.#hurry.signal }).catch(() => {});
      for (const [day, counts] of this.#take()) await this.#write(day, counts);
      this.#forgetPast();
      this.#noteRecovery();
    }
    this.#flushing = undefined;
  }

  /** What waits, by day; from now on, nothing does. */
  #take(): Map<string, Count[]> {
    const days = new Map<string, Count[]>();
    for (const [quarter, counters] of this.#waiting) {
      const day = dayOf(quarter);
      const counts = [...counters].map(([name, { count, first, last }]) => {
        // A clock may be set back.
        return { name, quarter, count, first: Math.min(first, last), last: Math.max(first, last) };
      });
      days.set(day, (days.get(day) ?? []).concat(counts));
    }
    this.#waiting = new Map();
    this.#currentEnds = this.#currentBegins;
    this.#size = 0;
    this.#hurry = new AbortController();
    return days;
  }

  async #write(day: string, counts: Count[]): Promise<void> {
    const waiting = new Set(counts);
    try {
      while (waiting.size > 0) await this.#append(day, waiting);
    } catch (error) {
      const lost = [...waiting].reduce((sum, { count }) => sum + count, 0);
      this.#options.log.error({ err: error, day, lost }, this.#options.messages.lost);
    }
  }

  /** Writes what waits to the day's stream; or begins another one, where that is over. */
  async #append(day: string, waiting: Set<Count>): Promise<void> {
    const { capacity, clock } = this.#options;
    const stream = this.#streams.get(day) ?? new CountStream({ ...this.#options, day });
    this.#streams.delete(day);
    try {
      await stream.add(waiting, clock(), this.#giveUp.signal, (written) => {
        for (const count of written) waiting.delete(count);
      });
      if (stream.size < capacity) this.#streams.set(day, stream);
    } catch (error) {
      if (!(error instanceof VersionConflict)) throw error;
    }
  }

  /** A day that is over is not gone on with. */
  #forgetPast(): void {
    const today = dayOf(this.#options.clock());
    for (const day of this.#streams.keys()) if (day !== today) this.#streams.delete(day);
  }

  #drop(): void {
    if (this.#dropped === 0) this.#options.log.error({ waiting: this.#size }, this.#options.messages.full);
    this.#dropped += 1;
  }

  #noteRecovery(): void {
    if (this.#dropped > 0) this.#options.log.warn({ lost: this.#dropped }, this.#options.messages.recovered);
    this.#dropped = 0;
  }
}
