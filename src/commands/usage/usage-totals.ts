import { randomUUID } from 'node:crypto';
import type { Logger } from 'pino';
import { dayOf, USAGE_ACTOR, type UsageEvent } from '../../domain/usage/key-usage.js';
import type { CountedStream, OpenDays } from '../../projections/usage/open-days.js';
import type { Clock } from '../../shared/clock.js';
import { encode } from '../../store/codec.js';
import type { EventStore } from '../../store/event-store.js';
import { countsStreamOf, TOTALS_STREAM } from '../../store/streams.js';
import { appendIfUnchanged } from '../append-if-unchanged.js';
import { Rounds } from '../rounds.js';

/**
 * How long after its end a day is closed, in milliseconds. By then every process has written its counts, even with a slightly wrong clock.
 */
const GRACE = 60 * 60 * 1000;

export interface UsageTotalsOptions {
  store: EventStore;
  clock: Clock;
  log: Pick<Logger, 'info' | 'warn'>;
  openDays: Pick<OpenDays, 'unclosed' | 'due'>;
  /** Resolves to true once the days are known up to the end of the log, from now on. */
  readsOn: () => Promise<boolean>;
}

/**
 * Writes one total for each key and day once the day is over, and removes the streams that it was made from. Every process does this: it
 * closes streams and appends totals at the version on which they were decided, so each happens once. Counts that arrive for a day
 * afterwards, from a late process or a wrong clock, are in new streams and get totals of their own.
 */
export class UsageTotals {
  readonly #options: UsageTotalsOptions;
  readonly #rounds: Rounds;
  /** The streams that were removed. */
  #pruned = new Set<string>();

  constructor(options: UsageTotalsOptions) {
    this.#options = options;
    const onFailure = (err: unknown) =>
      options.log.warn({ err }, 'the usage of past days could not be totalled; the next attempt is in a few minutes');
    this.#rounds = new Rounds(() => this.write(), onFailure);
  }

  start(): void {
    this.#rounds.start();
  }

  /** Resolves when no work is under way. */
  stop(): Promise<void> {
    return this.#rounds.stop();
  }

  /**
   * Closes the streams of days that are over, writes their totals, and removes them.
   * @throws StoreUnavailable, OutcomeUnknown, LogSealed, LogMismatch
   */
  async write(): Promise<void> {
    const { clock, openDays, readsOn } = this.#options;
    if (this.#rounds.signal.aborted || !(await readsOn())) return;
    for (const stream of openDays.unclosed(dayOf(clock() - GRACE))) await this.#close(stream);
    while (await readsOn()) {
      const { version, next, finished } = openDays.due();
      await this.#prune(finished.map(({ day, writer }) => countsStreamOf(day, writer)));
      const written = next && (await this.#append(TOTALS_STREAM, version, { type: 'UsageTotalled', data: next }));
      if (!written) return;
    }
  }

  async #close({ day, writer, version }: CountedStream): Promise<void> {
    await this.#append(countsStreamOf(day, writer), version, { type: 'UsageClosed', data: { day } });
  }

  async #prune(streams: string[]): Promise<void> {
    for (const stream of streams) {
      if (this.#pruned.has(stream)) continue;
      await this.#options.store.prune(stream, this.#rounds.signal);
      this.#pruned.add(stream);
    }
    this.#pruned = new Set(streams);
  }

  /** True if it was written. If the stream has moved on, another process was first and nothing is written. */
  #append(stream: string, version: number, event: UsageEvent): Promise<boolean> {
    const { store, clock } = this.#options;
    const written = encode({ ...event, at: new Date(clock()).toISOString(), actor: USAGE_ACTOR }, randomUUID());
    return appendIfUnchanged(store, stream, version, written, this.#rounds.signal);
  }
}
