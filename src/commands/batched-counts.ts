import { randomUUID } from 'node:crypto';
import { setTimeout as delay } from 'node:timers/promises';
import type { Logger } from 'pino';
import type { Clock } from '../domain/clock.js';
import { dayOf, USAGE_ACTOR, type UsageEvent } from '../domain/key-usage.js';
import { QUARTER, quarterOf } from '../domain/quarter.js';
import { encode, streamOf } from '../store/codec.js';
import type { EventStore, NewEvent } from '../store/event-store.js';
import { appendAtEnd } from './append-at-end.js';

/** How many counts an event holds at the most, and an append: half of what EventStoreDB takes (1 MiB). */
const BATCH = { event: 1000, append: 2500 };

/** How long the last counts may take when the process stops, in milliseconds. */
const LAST_FLUSH = 2000;

/** How often what bears that name happened, and when last (milliseconds since 1970). */
export interface Count {
  name: string;
  count: number;
  last: number;
}

/** What waits of one name; it changes in place, so that what happens costs no memory. */
type Counter = Omit<Count, 'name'>;

export interface BatchedCountsOptions {
  store: EventStore;
  clock: Clock;
  log: Pick<Logger, 'warn' | 'error'>;
  /** How long is counted before it is written, in milliseconds. */
  interval: number;
  /** How many counts may wait at the most; when there are so many, they are written before their time. */
  capacity: number;
  /** The event that says so. */
  toEvent: (counts: Count[]) => UsageEvent;
  /** What the log is told: that too many wait, that all are counted again, and that some could not be written. */
  messages: { full: string; recovered: string; lost: string };
}

/**
 * Counts what happens, by name and quarter of an hour, and records it in a stream for each day in UTC, without anybody waiting
 * for it: counts are kept in memory and written together. A crash may lose those since the last time. A store that is away loses
 * none, unless it is away for so long that too many wait, or when the process stops; that is logged.
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
  #currentBegins = Number.POSITIVE_INFINITY;
  #currentEnds = Number.NEGATIVE_INFINITY;
  #size = 0;
  #dropped = 0;
  #flushing: Promise<void> | undefined;

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

  /** Writes what waits at once. Resolves when it is written, or the time for that is up. */
  async stop(): Promise<void> {
    this.#hurry.abort();
    const timer = setTimeout(() => this.#giveUp.abort(), LAST_FLUSH);
    await this.#flushing;
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
    this.#current.set(name, { count: 1, last: at });
    this.#size += 1;
    if (this.#size === capacity) this.#hurry.abort();
    this.#flushing ??= this.#flush();
  }

  async #flush(): Promise<void> {
    while (this.#size > 0) {
      await delay(this.#options.interval, undefined, { signal: this.#hurry.signal }).catch(() => {});
      for (const [day, counts] of this.#take()) await this.#write(day, counts);
      this.#noteRecovery();
    }
    this.#flushing = undefined;
  }

  /** What waits, by day; from now on, nothing does. */
  #take(): Map<string, Count[]> {
    const days = new Map<string, Count[]>();
    for (const [start, counters] of this.#waiting) {
      const day = dayOf(start);
      const counts = [...counters].map(([name, counter]) => ({ name, ...counter }));
      days.set(day, (days.get(day) ?? []).concat(counts));
    }
    this.#waiting = new Map();
    this.#currentEnds = Number.NEGATIVE_INFINITY;
    this.#size = 0;
    this.#hurry = new AbortController();
    return days;
  }

  async #write(day: string, counts: Count[]): Promise<void> {
    const { store, log, messages } = this.#options;
    let written = 0;
    try {
      while (written < counts.length) {
        const batch = counts.slice(written, written + BATCH.append);
        await appendAtEnd(store, streamOf('apiKeyUsage', day), this.#eventsOf(batch), this.#giveUp.signal);
        written += batch.length;
      }
    } catch (error) {
      const lost = counts.slice(written).reduce((sum, { count }) => sum + count, 0);
      log.error({ err: error, day, lost }, messages.lost);
    }
  }

  #eventsOf(counts: Count[]): NewEvent[] {
    const at = new Date(this.#options.clock()).toISOString();
    const correlationId = randomUUID();
    return Array.from({ length: Math.ceil(counts.length / BATCH.event) }, (_, index) => {
      const event = this.#options.toEvent(counts.slice(index * BATCH.event, (index + 1) * BATCH.event));
      return encode({ ...event, at, actor: USAGE_ACTOR }, correlationId);
    });
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
