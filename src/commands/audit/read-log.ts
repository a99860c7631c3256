import type { Logger } from 'pino';
import { type Asked, type PastRead, type Readable, toReadFilter } from '../../domain/audit/history-read.js';
import type { Clock } from '../../shared/clock.js';
import { inParts } from '../../shared/in-parts.js';
import { APPEND } from '../../store/batch.js';
import { encode } from '../../store/codec.js';
import type { EventStore, NewEvent } from '../../store/event-store.js';
import { readsStreamOf } from '../../store/streams.js';
import { appendAtEnd } from '../append-at-end.js';
import { TimedWriter } from '../timed-writer.js';
import { isPast, RecentReads, type Shown, type Span } from './recent-reads.js';

/** In milliseconds. Equal reads within it become one record. */
const INTERVAL = 1000;

/** The maximum number of different reads that wait while the store does not take them. */
const CAPACITY = 4000;

/**
 * The maximum number of different waiting reads per reader. Beyond that, a record says only that there were reads, without their
 * arguments.
 */
const READER_CAPACITY = 100;

const MESSAGES = {
  full: 'too many reads wait to be recorded; further reads are lost until these are written',
  recovered: 'reads are recorded again',
};

/** A read: its reader, its arguments and its request. */
export interface Read {
  actor: string;
  correlationId: string;
  what: Readable;
  filter: Asked;
  /** What the client sent. It shows whether the client repeats a request. */
  request?: unknown;
  /** The position after which a feed begins. */
  since?: number | undefined;
}

/** A read to be recorded, and everything that the record stands for. */
interface Noted {
  read: PastRead & { correlationId: string };
  shown: Shown[];
}

export interface ReadLogOptions {
  store: EventStore;
  clock: Clock;
  log: Pick<Logger, 'warn' | 'error'>;
  /** How long reads are collected before they are written, in milliseconds; a second by default. */
  interval?: number;
}

/**
 * Records who read the history, with a stream for each reader and day. Readers never wait for it: reads are collected in memory and
 * written once a second. If a reader repeats a read within five minutes of its record, as a reconnecting page does, the repetitions are
 * counted, and one more record states their number after the five minutes. A crash may lose the last second of reads and the count of
 * repetitions. So may a store that is away too long for all reads to wait, or that is away when the process stops; that is logged.
 */
export class ReadLog {
  readonly #options: ReadLogOptions;
  readonly #writer: TimedWriter;
  /** Waiting reads, by the stream of their reader and day, then by the key of equal reads. */
  #waiting = new Map<string, Map<string, Noted>>();
  #count = 0;
  /** Recorded reads and their repetitions, by reader and key. They wait for the end of their time. */
  readonly #recent = new RecentReads();
  readonly #repeated = new Map<string, Noted & { span: Span }>();

  constructor(options: ReadLogOptions) {
    this.#options = options;
    this.#writer = new TimedWriter({
      interval: options.interval ?? INTERVAL,
      isEmpty: () => this.#count + this.#repeated.size === 0,
      write: (signal) => this.#writeAll(signal),
      log: options.log,
      messages: MESSAGES,
    });
  }

  /** Records a read. Neither waits nor throws. */
  record({ actor, correlationId, what, filter: asked, request, since }: Read): void {
    const now = this.#options.clock();
    const filter = toReadFilter(asked);
    const shown = { actor, what, filter, request, since };
    const at = new Date(now).toISOString();
    const read = { type: 'HistoryRead' as const, data: { what, filter, times: 1 }, at, actor, correlationId };
    const noted = { read, shown: [shown] };
    const span = this.#recent.find(shown, now);
    if (!span || !this.#repeat({ ...noted, span })) this.#keep(this.#isFullFor(noted) ? withoutArguments(noted) : noted);
    this.#writer.begin();
  }

  /** Writes all waiting reads at once. Resolves when they are written or the time limit is over. */
  stop(): Promise<void> {
    return this.#writer.stop();
  }

  /** @returns false if too many wait; then it is a read like any other */
  #repeat(repeated: Noted & { span: Span }): boolean {
    const name = JSON.stringify([repeated.read.actor, keyOf(repeated)]);
    const same = this.#repeated.get(name);
    if (same) same.read.data.times += 1;
    else if (this.#repeated.size < CAPACITY) this.#repeated.set(name, repeated);
    else return false;
    return true;
  }

  /** True if too many different reads of its reader wait, and none that is equal. */
  #isFullFor(noted: Noted): boolean {
    const reads = this.#readsLike(noted);
    return reads.size >= READER_CAPACITY && !reads.has(keyOf(noted));
  }

  /** Adds the read to those that wait, or drops it if too many wait. When the last place is taken, all are written early. */
  #keep(noted: Noted): void {
    if (this.#count >= CAPACITY && !this.#readsLike(noted).has(keyOf(noted))) this.#writer.drop(1, this.#count);
    else this.#add(noted);
    if (this.#count === CAPACITY) this.#writer.hurry();
  }

  #add(noted: Noted): void {
    const { actor, at, data } = noted.read;
    const reads = this.#readsLike(noted);
    const same = reads.get(keyOf(noted));
    if (same) {
      same.read.data.times += data.times;
      if (at < same.read.at) same.read.at = at;
      if (same.shown.length < READER_CAPACITY) same.shown.push(...noted.shown);
    } else {
      this.#waiting.set(readsStreamOf(at, actor), reads.set(keyOf(noted), noted));
      this.#count += 1;
    }
  }

  /** The waiting reads of the same reader and day. */
  #readsLike({ read: { at, actor } }: Noted): Map<string, Noted> {
    return this.#waiting.get(readsStreamOf(at, actor)) ?? new Map();
  }

  async #writeAll(signal: AbortSignal): Promise<void> {
    this.#endRepetitions();
    const streams = [...this.#waiting];
    this.#waiting = new Map();
    this.#count = 0;
    await Promise.all(streams.map(([stream, reads]) => this.#write(stream, [...reads.values()], signal)));
  }

  /**
   * Adds a record for each repetition whose time is over, or for all when the process stops. They are written at once, so they need no
   * room.
   */
  #endRepetitions(): void {
    const now = this.#options.clock();
    for (const [name, repeated] of this.#repeated) {
      if (!isPast(repeated.span, now) && !this.#writer.isStopping) continue;
      this.#repeated.delete(name);
      this.#add(repeated);
    }
  }

  /** Writes the reads of one stream in their order. */
  async #write(stream: string, noted: Noted[], signal: AbortSignal): Promise<void> {
    let left = noted;
    try {
      for (const batch of inParts(noted.map(encoded), APPEND)) {
        await appendAtEnd(this.#options.store, stream, batch, signal);
        const now = this.#options.clock();
        for (const { shown } of left.slice(0, batch.length)) for (const each of shown) this.#recent.add(each, now);
        left = left.slice(batch.length);
      }
    } catch (error) {
      const actor = noted[0]?.read.actor;
      this.#options.log.error({ err: error, actor, lost: left.length }, 'reads could not be recorded');
    }
  }
}

/** The key that equal reads of one reader share. */
function keyOf({ read: { data } }: Noted): string {
  return JSON.stringify([data.what, data.filter]);
}

/** A record for it says only that there was a read. It is not remembered as shown. */
function withoutArguments({ read }: Noted): Noted {
  return { read: { ...read, data: { ...read.data, filter: {} } }, shown: [] };
}

function encoded({ read }: Noted): NewEvent {
  return encode(read, read.correlationId);
}
