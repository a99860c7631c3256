import { QUARTER } from '../../domain/analytics/quarter.js';
import type { Counted, CountedQuarter } from '../../domain/usage/key-usage.js';
import { BatchedCounts, type BatchedCountsOptions } from './batched-counts.js';

/** The maximum number of waiting accounts. */
const CAPACITY = 10_000;

const MESSAGES = {
  full: 'refusals of too many accounts wait to be recorded; those of further accounts are lost until these are written',
  recovered: 'refusals of all accounts are recorded again',
  lost: 'refusals by the limit could not be recorded',
};

export interface RefusalLogOptions extends Pick<BatchedCountsOptions, 'store' | 'clock' | 'log'> {
  /** How long refusals are collected before they are written, in milliseconds; a quarter of an hour by default. */
  interval?: number;
}

/**
 * Records how often the limit refuses accounts a further key. Callers never wait for it. However often an account tries, it adds only a
 * count to each process's record, four or five times an hour, so nobody can flood the log. A crash may lose the last quarter of an hour.
 */
export class RefusalLog {
  readonly #counts: BatchedCounts;

  constructor({ interval = QUARTER, ...options }: RefusalLogOptions) {
    this.#counts = new BatchedCounts({ ...options, interval, capacity: CAPACITY, toEvent: createsRefused, messages: MESSAGES });
  }

  /** Records that the account was refused a key at that instant (milliseconds since 1970). Neither waits nor throws. */
  record(account: string, at: number): void {
    this.#counts.record(account, at);
  }

  /** Writes all waiting counts at once. Resolves when they are written. */
  flush(): Promise<void> {
    return this.#counts.flush();
  }

  /** Flushes for the last time. Also resolves when the time limit is over. */
  stop(): Promise<void> {
    return this.#counts.stop();
  }
}

function createsRefused(day: string, refusals: Counted[], quarters: CountedQuarter[]) {
  return { type: 'CreatesRefused' as const, data: { day, refusals, quarters } };
}
