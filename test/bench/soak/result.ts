import { median } from '../support/bench.js';
import type { Done } from './plan.js';
import { type Sample, SERIES, type Series } from './samples.js';

/** What a run has found. It is written as JSON. */
export interface SoakResult {
  /** When it began. */
  at: string;
  commit: string;
  machine: string;
  node: string;
  minutes: number;
  /** How many requests were answered, by what was asked. */
  answered: Record<string, number>;
  interrupted: number;
  failed: number;
  wrong: number;
  messages: string[];
  /** How often each warning and error was logged. */
  complaints: Record<string, number>;
  /** What `verify-log` has said about the whole history at the end. */
  verified: string;
  steps: Done[];
  samples: Sample[];
}

export const SERIES_NAMES = Object.keys(SERIES) as Series[];

/** The medians of the second and of the last fifth of the run: the first fifth fills caches. NaN if nothing was told then. */
export function earlyAndLate({ samples, minutes }: SoakResult, series: Series): { early: number; late: number } {
  const fifth = (60 * minutes) / 5;
  const within = (from: number, to: number) =>
    median(samples.filter(({ seconds }) => seconds >= from && seconds < to).flatMap((sample) => sample[series] ?? []));
  return { early: within(fifth, 2 * fifth), late: within(4 * fifth, Number.POSITIVE_INFINITY) };
}
