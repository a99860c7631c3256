import { QUARTER, quarterOf } from '../../domain/analytics/quarter.js';
import { dayOf } from '../../domain/usage/key-usage.js';
import type { Clock } from '../../shared/clock.js';
import { VersionConflict } from '../../store/event-store.js';
import { TimedWriter, type TimedWriterOptions } from '../timed-writer.js';
import { type Count, CountStream, type CountStreamOptions } from './count-stream.js';

/** The waiting count of one name. It is updated in place, so counting allocates no memory. */
type Counter = Pick<Count, 'count' | 'first' | 'last'>;

export interface BatchedCountsOptions
  extends Pick<CountStreamOptions, 'store' | 'toEvent'>,
    Pick<TimedWriterOptions, 'interval' | 'log'> {
  clock: Clock;
  /**
   * The maximum number of waiting counts; when it is reached, they are written early. A stream that has as many names is not continued.
   */
  capacity: number;
  /** The log messages: too many counts wait, all are counted again, some could not be written. */
  messages: { full: string; recovered: string; lost: string };
}

/**
 * Counts what happens, by name and quarter of an hour, and records it in a stream of this process and day (UTC). Callers never wait:
 * counts are kept in memory and written together. A crash may lose the counts since the last write. A store that is away loses none,
 * unless too many wait or the process stops meanwhile; that is logged. If another process has closed the stream, as it does when the day
 * is over, counting continues in a new one.
 */
export class BatchedCounts {
  readonly #options: BatchedCountsOptions;
  readonly #writer: TimedWriter;
  /** Waiting counts, by the start of their quarter and by name. */
  #waiting = new Map<number, Map<string, Counter>>();
  /** The counts of the present quarter, from its start (inclusive) to its end (exclusive). */
  #current = new Map<string, Counter>();
  #currentBegins = 0;
  #currentEnds = 0;
  #size = 0;
  /** The streams that were written and may continue, by day. */
  readonly #streams = new Map<string, CountStream>();

  constructor(options: BatchedCountsOptions) {
    this.#options = options;
    this.#writer = new TimedWriter({ ...options, isEmpty: () => this.#size === 0, write: (signal) => this.#writeAll(signal) });
  }

  /** Counts one at that instant (milliseconds since 1970). Neither waits nor throws. Costs one look-up in a map. */
  record(name: string, at: number): void {
    if (at >= this.#currentEnds || at < this.#currentBegins) this.#beginQuarter(at);
    const counter = this.#current.get(name);
    if (counter === undefined) {
      this.#keep(name, at);
    } else {
      counter.count += 1;
      counter.last = at;
    }
  }

  /** Writes all waiting counts at once. Resolves when they are written. */
  flush(): Promise<void> {
    return this.#writer.flush();
  }

  /** Flushes for the last time. Also resolves when the time limit is over. */
  stop(): Promise<void> {
    return this.#writer.stop();
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
      this.#writer.drop(1, this.#size);
      return;
    }
    this.#current.set(name, { count: 1, first: at, last: at });
    this.#size += 1;
    this.#writer.begin();
    if (this.#size === capacity) this.#writer.hurry();
  }

  async #writeAll(signal: AbortSignal): Promise<void> {
    for (const [day, counts] of this.#take()) await this.#write(day, counts, signal);
    this.#forgetPast();
  }

  /** Takes all waiting counts, by day. */
  #take(): Map<string, Count[]> {
    const days = new Map<string, Count[]>();
    for (const [quarter, counters] of this.#waiting) {
      const day = dayOf(quarter);
      const counts = [...counters].map(([name, { count, first, last }]) => {
        // The clock may have been set back.
        return { name, quarter, count, first: Math.min(first, last), last: Math.max(first, last) };
      });
      days.set(day, (days.get(day) ?? []).concat(counts));
    }
    this.#waiting = new Map();
    this.#currentEnds = this.#currentBegins;
    this.#size = 0;
    return days;
  }

  async #write(day: string, counts: Count[], signal: AbortSignal): Promise<void> {
    const waiting = new Set(counts);
    try {
      while (waiting.size > 0) await this.#append(day, waiting, signal);
    } catch (error) {
      const lost = [...waiting].reduce((sum, { count }) => sum + count, 0);
      this.#options.log.error({ err: error, day, lost }, this.#options.messages.lost);
    }
  }

  /** Writes waiting counts to the day's stream, or starts another stream if that one is over. */
  async #append(day: string, waiting: Set<Count>, signal: AbortSignal): Promise<void> {
    const { capacity, clock } = this.#options;
    const stream = this.#streams.get(day) ?? new CountStream({ ...this.#options, day });
    this.#streams.delete(day);
    try {
      await stream.add(waiting, clock(), signal, (written) => {
        for (const count of written) waiting.delete(count);
      });
      if (stream.size < capacity) this.#streams.set(day, stream);
    } catch (error) {
      if (!(error instanceof VersionConflict)) throw error;
    }
  }

  /** Streams of past days are not continued. */
  #forgetPast(): void {
    const today = dayOf(this.#options.clock());
    for (const day of this.#streams.keys()) if (day !== today) this.#streams.delete(day);
  }
}
