import { randomUUID } from 'node:crypto';
import { QUARTER } from '../../domain/analytics/quarter.js';
import { type Counted, type CountedQuarter, DAY, USAGE_ACTOR, type UsageEvent } from '../../domain/usage/key-usage.js';
import { inParts } from '../../shared/in-parts.js';
import { encode } from '../../store/codec.js';
import { type EventStore, type NewEvent, OutcomeUnknown, VersionConflict } from '../../store/event-store.js';
import { retryUnknownOutcome } from '../../store/retry-unknown-outcome.js';
import { countsStreamOf } from '../../store/streams.js';

/** The maximum content of a record, and of the records in one append: half of what EventStoreDB accepts (1 MiB). */
const RECORD = { count: 250, bytes: 32 * 1024, sizeOf: ({ name }: Count) => name.length + NUMBERS };
const RECORDS = 16;

/** The size of what is written beside a name, in bytes. */
const NUMBERS = 40;

/** How often something with that name happened in a quarter of an hour, and when first and last. Times are in milliseconds since 1970. */
export interface Count {
  name: string;
  /** The start of the quarter. */
  quarter: number;
  count: number;
  first: number;
  last: number;
}

export interface CountStreamOptions {
  store: EventStore;
  day: string;
  /** Creates the event with the number of each since the stream began. */
  toEvent: (day: string, counts: Counted[], quarters: CountedQuarter[]) => UsageEvent;
}

/** It is unknown whether the counts were written. Writing them elsewhere could count them twice. */
class CountsUncertain extends Error {
  constructor(options: ErrorOptions) {
    super('It is unknown whether the counts were written, and their stream was removed since.', options);
  }
}

/**
 * The counts of one process on one day, in a stream of its own. A record holds everything since the stream began, so only the latest one
 * counts. After an error the stream is over; what was not written belongs in another one.
 */
export class CountStream {
  readonly #options: CountStreamOptions;
  readonly #stream: string;
  readonly #dayStart: number;
  readonly #names = new Map<string, Counted>();
  readonly #quarters = new Map<number, number>();
  #version = 0;

  constructor(options: CountStreamOptions) {
    this.#options = options;
    this.#stream = countsStreamOf(options.day, randomUUID().slice(-12));
    this.#dayStart = Date.parse(options.day);
  }

  /** The number of names. */
  get size(): number {
    return this.#names.size;
  }

  /**
   * Adds the counts to the stream.
   * @param at the present, in milliseconds since 1970
   * @param onWritten called with the counts that are written, as soon as they are
   * @throws VersionConflict if another process has closed the stream; counts that were not written before are then not in it
   */
  async add(counts: Iterable<Count>, at: number, signal: AbortSignal, onWritten: (counts: Count[]) => void): Promise<void> {
    const past = { at: new Date(at).toISOString(), actor: USAGE_ACTOR };
    for (const group of inParts(inParts(counts, RECORD), { count: RECORDS })) {
      const correlationId = randomUUID();
      const records = group.map((part) => encode({ ...this.#record(part), ...past }, correlationId));
      await this.#append(records, signal);
      onWritten(group.flat());
    }
  }

  /** The new totals of these names and quarters. */
  #record(counts: Count[]): UsageEvent {
    const names = new Map<string, Counted>();
    const quarters = new Map<number, number>();
    for (const { name, quarter, count, first, last } of counts) {
      const [, sum, from, to] = this.#names.get(name) ?? [name, 0, DAY, 0];
      const counted: Counted = [name, sum + count, Math.min(from, first - this.#dayStart), Math.max(to, last - this.#dayStart)];
      this.#names.set(name, counted);
      names.set(name, counted);
      const number = (quarter - this.#dayStart) / QUARTER;
      const inQuarter = (this.#quarters.get(number) ?? 0) + count;
      this.#quarters.set(number, inQuarter);
      quarters.set(number, inQuarter);
    }
    return this.#options.toEvent(this.#options.day, [...names.values()], [...quarters]);
  }

  async #append(events: NewEvent[], signal: AbortSignal): Promise<void> {
    const { store } = this.#options;
    let uncertain = false;
    const attempt = () =>
      store.append(this.#stream, this.#version, events, signal).catch((error: unknown) => {
        uncertain ||= error instanceof OutcomeUnknown;
        throw error;
      });
    try {
      this.#version = await retryUnknownOutcome(signal, attempt);
    } catch (error) {
      const conflict = error instanceof VersionConflict;
      if (conflict && uncertain && !(await this.#isTaken(signal))) throw new CountsUncertain({ cause: error });
      throw error;
    }
  }

  /** True if the store shows another event in the place of the next one. */
  #isTaken(signal: AbortSignal): Promise<boolean> {
    return retryUnknownOutcome(signal, async () => {
      for await (const [next] of this.#options.store.read(this.#stream, this.#version, signal)) {
        return next?.version === this.#version + 1;
      }
      return false;
    });
  }
}
