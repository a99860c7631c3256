import { randomUUID } from 'node:crypto';
import type { Logger } from 'pino';
import { RETENTION_ACTOR } from '../../domain/audit/history-read.js';
import { DAY, dayOf } from '../../domain/usage/key-usage.js';
import type { ReadsProjection } from '../../projections/audit/reads.js';
import type { Clock } from '../../shared/clock.js';
import { encode, REMOVED_READS_STREAM, readsStreamOf } from '../../store/codec.js';
import type { EventStore } from '../../store/event-store.js';
import { appendUnlessMoved } from '../append-unless-moved.js';
import { inRounds } from '../rounds.js';

export interface ReadsRetentionOptions {
  store: EventStore;
  clock: Clock;
  log: Pick<Logger, 'info' | 'warn'>;
  /** For how long records of reads are kept, in milliseconds; undefined: for ever. */
  retention: number | undefined;
  reads: Pick<ReadsProjection, 'oldestDay' | 'removals'>;
  /** Resolves with true once the records are known up to the end of the log, from now on. */
  readsOn: () => Promise<boolean>;
}

/**
 * Removes the records of reads that are older than the retention allows, a day at a time, once all of the day is. What was removed, and
 * up to which day, is an event of its own, which is never removed: what else is missing was removed by hand. Every process does so; the
 * event is appended once, at the version on which it was decided. The streams go first: a process that is killed in between leaves the
 * rows of the day in the tables, and by them the next round finds what is left to do.
 */
export class ReadsRetention {
  readonly #options: ReadsRetentionOptions;
  readonly #stop = new AbortController();
  #running: Promise<void> | undefined;

  constructor(options: ReadsRetentionOptions) {
    this.#options = options;
  }

  /** Nothing to do where records are kept for ever. */
  start(): void {
    if (this.#options.retention === undefined) return;
    const onFailure = (err: unknown) =>
      this.#options.log.warn({ err }, 'old records of reads could not be removed; it is tried again in some minutes');
    this.#running ??= inRounds(() => this.remove(), onFailure, this.#stop.signal);
  }

  /** Resolves when nothing is under way any more. */
  async stop(): Promise<void> {
    this.#stop.abort();
    await this.#running;
  }

  /**
   * Removes the records of days that are too old.
   * @throws StoreUnavailable, OutcomeUnknown, LogSealed
   */
  async remove(): Promise<void> {
    const { clock, reads, readsOn, retention } = this.#options;
    if (retention === undefined) return;
    while (!this.#stop.signal.aborted && (await readsOn())) {
      const oldest = reads.oldestDay();
      if (!oldest || oldest.day >= dayOf(clock() - retention)) return;
      await this.#removeDay(oldest);
    }
  }

  async #removeDay({ day, readers, records }: NonNullable<ReturnType<ReadsProjection['oldestDay']>>): Promise<void> {
    const { store, reads, clock, log } = this.#options;
    const { signal } = this.#stop;
    const { version } = reads.removals();
    for (const reader of readers) await store.prune(readsStreamOf(day, reader), signal);
    const before = dayOf(Date.parse(day) + DAY);
    const removed = { type: 'ReadsRemoved' as const, data: { before, records } };
    const event = encode({ ...removed, at: new Date(clock()).toISOString(), actor: RETENTION_ACTOR }, randomUUID());
    if (!(await appendUnlessMoved(store, REMOVED_READS_STREAM, version, event, signal))) return;
    log.info({ before, records }, 'records of reads were removed: they were older than KEYLEDGER_READS_RETENTION');
  }
}
