import { randomUUID } from 'node:crypto';
import { setTimeout as delay } from 'node:timers/promises';
import type { Logger } from 'pino';
import type { Clock } from '../domain/clock.js';
import { DAY, dayOf, type KeyUse, USAGE_ACTOR } from '../domain/key-usage.js';
import { encode, streamOf } from '../store/codec.js';
import type { EventStore, NewEvent } from '../store/event-store.js';
import { appendAtEnd } from './append-at-end.js';

/** How many keys may wait at the most; when there are so many, they are written before their time. */
const CAPACITY = 100_000;

/** How many keys an event names at the most, and an append: half of what EventStoreDB takes (1 MiB). */
const BATCH = { event: 1000, append: 5000 };

/** How long the last uses may take when the process stops, in milliseconds. */
const LAST_FLUSH = 2000;

/** That a key authenticated its holder at that instant (milliseconds since 1970). */
export interface Use {
  keyId: string;
  at: number;
}

/** What waits of one key; it changes in place, so that a use costs no memory. */
interface Counter {
  count: number;
  lastUsedAt: number;
}

export interface UsageLogOptions {
  store: EventStore;
  clock: Clock;
  log: Pick<Logger, 'warn' | 'error'>;
  /** How long uses are collected before they are written, in milliseconds; ten seconds where nothing is said. */
  interval?: number;
}

/**
 * Records how keys are used, in a stream for each day in UTC, without any verification waiting for it: uses are counted in
 * memory and written every ten seconds. A crash may lose the last ten seconds of them. A store that is away loses none,
 * unless it is away for so long that too many keys wait, or when the process stops; that is logged.
 */
export class UsageLog {
  readonly #options: Required<UsageLogOptions>;
  readonly #giveUp = new AbortController();
  /** Ends the wait for the next flush. */
  #hurry = new AbortController();
  /** What waits, by day and key. */
  #waiting = new Map<string, Map<string, Counter>>();
  /** The part of it to which uses are added before that instant. */
  #today = new Map<string, Counter>();
  #todayEnds = Number.NEGATIVE_INFINITY;
  #size = 0;
  #dropped = 0;
  #flushing: Promise<void> | undefined;

  constructor({ interval = 10_000, ...options }: UsageLogOptions) {
    this.#options = { ...options, interval };
  }

  /** Takes note of a use; it neither waits nor throws. Every verification pays for it: it looks once into one map. */
  note({ keyId, at }: Use): void {
    if (at >= this.#todayEnds) this.#beginDay(at);
    const counter = this.#today.get(keyId);
    if (counter === undefined) {
      this.#keep(keyId, at);
    } else {
      counter.count += 1;
      counter.lastUsedAt = at;
    }
  }

  /** Writes what waits at once. Resolves when it is written, or the time for that is up. */
  async stop(): Promise<void> {
    this.#hurry.abort();
    const timer = setTimeout(() => this.#giveUp.abort(), LAST_FLUSH);
    await this.#flushing;
    clearTimeout(timer);
  }

  #beginDay(at: number): void {
    const day = dayOf(at);
    this.#today = new Map();
    this.#todayEnds = Date.parse(day) + DAY;
    this.#waiting.set(day, this.#today);
  }

  #keep(keyId: string, at: number): void {
    if (this.#size >= CAPACITY) {
      this.#drop();
      return;
    }
    this.#today.set(keyId, { count: 1, lastUsedAt: at });
    this.#size += 1;
    if (this.#size === CAPACITY) this.#hurry.abort();
    this.#flushing ??= this.#flush();
  }

  async #flush(): Promise<void> {
    while (this.#size > 0) {
      await delay(this.#options.interval, undefined, { signal: this.#hurry.signal }).catch(() => {});
      for (const [day, counters] of this.#take()) await this.#write(day, [...counters]);
      this.#noteRecovery();
    }
    this.#flushing = undefined;
  }

  /** What waits, by day; from now on, nothing does. */
  #take(): Map<string, Map<string, Counter>> {
    const taken = this.#waiting;
    this.#waiting = new Map();
    this.#todayEnds = Number.NEGATIVE_INFINITY;
    this.#size = 0;
    this.#hurry = new AbortController();
    return taken;
  }

  async #write(day: string, counters: [keyId: string, Counter][]): Promise<void> {
    const { store, log } = this.#options;
    let written = 0;
    try {
      while (written < counters.length) {
        const batch = counters.slice(written, written + BATCH.append);
        await appendAtEnd(store, streamOf('apiKeyUsage', day), this.#eventsOf(batch), this.#giveUp.signal);
        written += batch.length;
      }
    } catch (error) {
      const lost = counters.slice(written).reduce((sum, [, { count }]) => sum + count, 0);
      log.error({ err: error, day, lost }, 'uses of keys could not be recorded');
    }
  }

  #eventsOf(counters: [keyId: string, Counter][]): NewEvent[] {
    const at = new Date(this.#options.clock()).toISOString();
    const correlationId = randomUUID();
    return Array.from({ length: Math.ceil(counters.length / BATCH.event) }, (_, index) => {
      const uses = counters.slice(index * BATCH.event, (index + 1) * BATCH.event).map(toUse);
      return encode({ type: 'KeysUsed', data: { uses }, at, actor: USAGE_ACTOR }, randomUUID(), correlationId);
    });
  }

  #drop(): void {
    if (this.#dropped === 0) {
      this.#options.log.error(
        { waiting: this.#size },
        'the uses of too many keys wait to be recorded; those of others are not, until these are',
      );
    }
    this.#dropped += 1;
  }

  #noteRecovery(): void {
    if (this.#dropped > 0) this.#options.log.warn({ lost: this.#dropped }, 'the uses of all keys are recorded again');
    this.#dropped = 0;
  }
}

function toUse([keyId, { count, lastUsedAt }]: [keyId: string, Counter]): KeyUse {
  return { keyId, count, lastUsedAt: new Date(lastUsedAt).toISOString() };
}
