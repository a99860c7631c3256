import { QUARTER } from '../../domain/analytics/quarter.js';
import type { Counted, CountedQuarter } from '../../domain/usage/key-usage.js';
import { BatchedCounts, type BatchedCountsOptions } from './batched-counts.js';

/** How many accounts may wait at the most. */
const CAPACITY = 10_000;

const MESSAGES = {
  full: 'the refusals of too many accounts wait to be recorded; those of others are not, until these are',
  recovered: 'the refusals of all accounts are recorded again',
  lost: 'refusals by the limit could not be recorded',
};

export interface RefusalLogOptions extends Pick<BatchedCountsOptions, 'store' | 'clock' | 'log'> {
  /** How long refusals are collected before they are written, in milliseconds; a quarter of an hour where nothing is said. */
  interval?: number;
}

/**
 * Records how often accounts are refused a further key by the limit, without anybody waiting for it. However often an account
 * tries, it adds no more than a count to each process's record, four or five times an hour: nobody can flood the log. A crash
 * may lose the last quarter of an hour.
 */
export class RefusalLog {
  readonly #counts: BatchedCounts;

  constructor({ interval = QUARTER, ...options }: RefusalLogOptions) {
    this.#counts = new BatchedCounts({ ...options, interval, capacity: CAPACITY, toEvent: createsRefused, messages: MESSAGES });
  }

  /** Takes note that the account was refused a key at that instant (milliseconds since 1970); it neither waits nor throws. */
  note(account: string, at: number): void {
    this.#counts.note(account, at);
  }

  /** Writes what waits at once. Resolves when it is written. */
  flush(): Promise<void> {
    return this.#counts.flush();
  }

  /** Likewise for the last time. Resolves also when the time for that is up. */
  stop(): Promise<void> {
    return this.#counts.stop();
  }
}

function createsRefused(day: string, refusals: Counted[], quarters: CountedQuarter[]) {
  return { type: 'CreatesRefused' as const, data: { day, refusals, quarters } };
}
