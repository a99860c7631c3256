import type { Counted, CountedQuarter } from '../../domain/usage/key-usage.js';
import { BatchedCounts, type BatchedCountsOptions } from './batched-counts.js';

const CAPACITY = 100_000;

/** In milliseconds. */
const INTERVAL = 10_000;

const MESSAGES = {
  full: 'uses of too many keys wait to be recorded; those of further keys are lost until these are written',
  recovered: 'uses of all keys are recorded again',
  lost: 'uses of keys could not be recorded',
};

/** A key authenticated its holder at that instant (milliseconds since 1970). */
export interface Use {
  keyId: string;
  at: number;
}

export interface UsageLogOptions extends Pick<BatchedCountsOptions, 'store' | 'clock' | 'log'> {
  /** How long uses are collected before they are written, in milliseconds; ten seconds by default. */
  interval?: number;
  /** The maximum number of waiting keys; 100,000 by default. */
  capacity?: number;
}

/** Records how keys are used, every ten seconds. Verifications never wait for it. */
export class UsageLog {
  readonly #counts: BatchedCounts;

  constructor({ interval = INTERVAL, capacity = CAPACITY, ...options }: UsageLogOptions) {
    this.#counts = new BatchedCounts({ ...options, interval, capacity, toEvent: keysUsed, messages: MESSAGES });
  }

  /** Records a use. Neither waits nor throws. Every verification pays its cost. */
  record({ keyId, at }: Use): void {
    this.#counts.record(keyId, at);
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

function keysUsed(day: string, uses: Counted[], quarters: CountedQuarter[]) {
  return { type: 'KeysUsed' as const, data: { day, uses, quarters } };
}
