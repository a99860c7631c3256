import { randomUUID } from 'node:crypto';
import type { Logger } from 'pino';
import { RETENTION_ACTOR } from '../../domain/audit/history-read.js';
import { DAY, dayOf } from '../../domain/usage/key-usage.js';
import type { ReadsProjection } from '../../projections/audit/reads.js';
import type { Clock } from '../../shared/clock.js';
import { encode } from '../../store/codec.js';
import type { EventStore } from '../../store/event-store.js';
import { REMOVED_READS_STREAM, readsStreamOf } from '../../store/streams.js';
import { appendIfUnchanged } from '../append-if-unchanged.js';
import { Rounds } from '../rounds.js';

export interface ReadsRetentionOptions {
  store: EventStore;
  clock: Clock;
  log: Pick<Logger, 'info' | 'warn'>;
  /** How long access records are kept, in milliseconds; undefined means forever. */
  retention: number | undefined;
  reads: Pick<ReadsProjection, 'oldestDay' | 'removals'>;
  /** Resolves to true once the records are known up to the end of the log, from now on. */
  readsOn: () => Promise<boolean>;
}

/**
 * Removes the access records that are older than the retention allows: a whole day at a time, once all of it is too old. Each removal,
 * with the day up to which records were removed, is an event that is never removed itself; anything else that is missing was removed by
 * hand. Every process does this; the event is appended at the version on which it was decided, so only once. The streams are removed
 * first: if a process is killed in between, the day's rows stay in the tables and show the next round what is left to do.
 */
export class ReadsRetention {
  readonly #options: ReadsRetentionOptions;
  readonly #rounds: Rounds;

  constructor(options: ReadsRetentionOptions) {
    this.#options = options;
    const onFailure = (err: unknown) =>
      options.log.warn({ err }, 'old access records could not be removed; the next attempt is in a few minutes');
    this.#rounds = new Rounds(() => this.remove(), onFailure);
  }

  /** Does nothing if records are kept forever. */
  start(): void {
    if (this.#options.retention === undefined) return;
    this.#rounds.start();
  }

  /** Resolves when no work is under way. */
  stop(): Promise<void> {
    return this.#rounds.stop();
  }

  /**
   * Removes the records of days that are too old.
   * @throws StoreUnavailable, OutcomeUnknown, LogSealed, LogMismatch
   */
  async remove(): Promise<void> {
    const { clock, reads, readsOn, retention } = this.#options;
    if (retention === undefined) return;
    while (!this.#rounds.signal.aborted && (await readsOn())) {
      const oldest = reads.oldestDay();
      if (!oldest || oldest.day >= dayOf(clock() - retention)) return;
      await this.#removeDay(oldest);
    }
  }

  async #removeDay({ day, readers, records }: NonNullable<ReturnType<ReadsProjection['oldestDay']>>): Promise<void> {
    const { store, reads, clock, log } = this.#options;
    const { signal } = this.#rounds;
    const { version } = reads.removals();
    for (const reader of readers) await store.prune(readsStreamOf(day, reader), signal);
    const before = dayOf(Date.parse(day) + DAY);
    const removed = { type: 'ReadsRemoved' as const, data: { before, records } };
    const event = encode({ ...removed, at: new Date(clock()).toISOString(), actor: RETENTION_ACTOR }, randomUUID());
    if (!(await appendIfUnchanged(store, REMOVED_READS_STREAM, version, event, signal))) return;
    log.info({ before, records }, 'access records were removed: they were older than KEYLEDGER_READS_RETENTION');
  }
}
