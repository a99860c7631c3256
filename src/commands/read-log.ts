import { setTimeout as delay } from 'node:timers/promises';
import type { Logger } from 'pino';
import { APPEND } from '../domain/batch.js';
import type { Clock } from '../domain/clock.js';
import { type Asked, type PastRead, type Readable, toReadFilter } from '../domain/history-read.js';
import { inParts } from '../domain/in-parts.js';
import { encode, streamOf } from '../store/codec.js';
import type { EventStore } from '../store/event-store.js';
import { appendAtEnd } from './append-at-end.js';

/** How long reads are collected before they are written, in milliseconds; equal ones become one record. */
const INTERVAL = 1000;

/** How many different reads may wait at the most, while the store does not take them. */
const CAPACITY = 4000;

/** How many different reads of one reader may wait; of further ones it is recorded that there were, and not what was asked for. */
const READER_CAPACITY = 100;

/** How long the last records may take when the process stops, in milliseconds. */
const LAST_FLUSH = 2000;

/** Who read what, in the course of which request. */
export interface Read {
  actor: string;
  correlationId: string;
  what: Readable;
  filter: Asked;
}

/** A read that is to be recorded. */
type Noted = PastRead & { correlationId: string };

export interface ReadLogOptions {
  store: EventStore;
  clock: Clock;
  log: Pick<Logger, 'warn' | 'error'>;
}

/**
 * Records who read the history, each reader in a stream of its own, without any reader waiting for it: reads are collected
 * in memory and written once a second. A crash may lose the last second of them, and so may a store that is away for so
 * long that too many wait, or when the process stops; that is logged.
 */
export class ReadLog {
  readonly #options: ReadLogOptions;
  readonly #stopping = new AbortController();
  readonly #giveUp = new AbortController();
  /** What waits, by reader, and by what is equal about reads. */
  #waiting = new Map<string, Map<string, Noted>>();
  #count = 0;
  #dropped = 0;
  #flushing: Promise<void> | undefined;

  constructor(options: ReadLogOptions) {
    this.#options = options;
  }

  /** Takes note of a read; it neither waits nor throws. */
  note({ actor, correlationId, what, filter: asked }: Read): void {
    const isFull = (this.#waiting.get(actor)?.size ?? 0) >= READER_CAPACITY;
    const filter = toReadFilter(isFull ? {} : asked);
    const key = JSON.stringify([what, filter]);
    const same = this.#waiting.get(actor)?.get(key);
    if (same) {
      same.data.times += 1;
    } else if (this.#count >= CAPACITY) {
      this.#drop();
    } else {
      const at = new Date(this.#options.clock()).toISOString();
      this.#keep(key, { type: 'HistoryRead', data: { what, filter, times: 1 }, at, actor, correlationId });
    }
  }

  /** Writes what waits at once. Resolves when it is written, or the time for that is up. */
  async stop(): Promise<void> {
    this.#stopping.abort();
    const timer = setTimeout(() => this.#giveUp.abort(), LAST_FLUSH);
    await this.#flushing;
    clearTimeout(timer);
  }

  #keep(key: string, read: Noted): void {
    const reads = this.#waiting.get(read.actor) ?? new Map<string, Noted>();
    this.#waiting.set(read.actor, reads.set(key, read));
    this.#count += 1;
    this.#flushing ??= this.#flush();
  }

  async #flush(): Promise<void> {
    while (this.#count > 0) {
      await delay(INTERVAL, undefined, { signal: this.#stopping.signal }).catch(() => {});
      const readers = [...this.#waiting];
      this.#waiting = new Map();
      this.#count = 0;
      await Promise.all(readers.map(([actor, reads]) => this.#write(actor, [...reads.values()])));
      this.#noteRecovery();
    }
    this.#flushing = undefined;
  }

  /** Writes the reads of one reader in their order. */
  async #write(actor: string, reads: Noted[]): Promise<void> {
    const events = reads.map((read) => encode(read, read.correlationId));
    let written = 0;
    try {
      for (const batch of inParts(events, APPEND)) {
        await appendAtEnd(this.#options.store, streamOf('apiKeyReads', actor), batch, this.#giveUp.signal);
        written += batch.length;
      }
    } catch (error) {
      this.#options.log.error({ err: error, actor, lost: events.length - written }, 'reads could not be recorded');
    }
  }

  #drop(): void {
    if (this.#dropped === 0) {
      this.#options.log.error({ waiting: this.#count }, 'too many reads wait to be recorded; others are not, until these are');
    }
    this.#dropped += 1;
  }

  #noteRecovery(): void {
    if (this.#dropped > 0) this.#options.log.warn({ lost: this.#dropped }, 'reads are recorded again');
    this.#dropped = 0;
  }
}
