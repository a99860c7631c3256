import type { FaultKind } from './faults.js';
import { fingerprint } from './random.js';

/** What many runs came to. */
export interface Summary {
  seeds: number;
  failed: number[];
  steps: number;
  /** In the simulated world. */
  hours: number;
  /** How often each fault happened, and how often each answer was given. */
  faults: Counts<FaultKind>;
  answers: Counts<string>;
  /** A fingerprint of all that happened. */
  trace: string;
}

export const NOTHING: Summary = { seeds: 0, failed: [], steps: 0, hours: 0, faults: {}, answers: {}, trace: '' };

/** What both came to, one after the other. */
export function sum(one: Summary, other: Summary): Summary {
  return {
    seeds: one.seeds + other.seeds,
    failed: [...one.failed, ...other.failed],
    steps: one.steps + other.steps,
    hours: one.hours + other.hours,
    faults: sumOfEach(one.faults, other.faults),
    answers: sumOfEach(one.answers, other.answers),
    trace: fingerprint(`${one.trace} ${other.trace}`).toString(16),
  };
}

/** The summary at the end of what a simulation has printed; undefined if it ended without one. */
export function summaryIn<S = Summary>(text: string): S | undefined {
  const start = text.lastIndexOf('\n{\n') + 1;
  return text.startsWith('{', start) ? JSON.parse(text.slice(start)) : undefined;
}

type Counts<Name extends string> = Partial<Record<Name, number>>;

function sumOfEach<Name extends string>(one: Counts<Name>, other: Counts<Name>): Counts<Name> {
  const sums = { ...one };
  for (const name in other) sums[name] = (sums[name] ?? 0) + (other[name] ?? 0);
  return sums;
}
