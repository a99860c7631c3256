import type { Timestamp } from '../keys/model.js';

/** How often something of that name happened on a day, and when first and last, in milliseconds since the day began in UTC. */
export type Counted = readonly [name: string, count: number, first: number, last: number];

/** How often something happened in a quarter of an hour of a day; quarters are numbered from 0. */
export type CountedQuarter = readonly [quarter: number, count: number];

/**
 * Keys authenticated callers, as often as it says, on one day and in one process: of these keys and quarters, everything since the
 * stream began. The latest event of a stream counts for each, so that to say it again changes nothing.
 */
export interface KeysUsed {
  type: 'KeysUsed';
  data: { day: string; uses: Counted[]; quarters: CountedQuarter[] };
}

/** Likewise, accounts were refused a further key by the limit. */
export interface CreatesRefused {
  type: 'CreatesRefused';
  data: { day: string; refusals: Counted[]; quarters: CountedQuarter[] };
}

/** A process's stream of a day holds no more counts after this. */
export interface UsageClosed {
  type: 'UsageClosed';
  data: { day: string };
}

/** What the streams of these writers, which are closed, hold of these keys, accounts and quarters: it counts in their place, for ever. */
export interface UsageTotalled {
  type: 'UsageTotalled';
  data: {
    day: string;
    writers: string[];
    uses: Counted[];
    refusals: Counted[];
    verifications: CountedQuarter[];
    createsRefused: CountedQuarter[];
  };
}

export type UsageEvent = KeysUsed | CreatesRefused | UsageClosed | UsageTotalled;

/** What was counted, with the time at which it was recorded, and with who recorded it. */
export type PastUsage = UsageEvent & { at: Timestamp; actor: string };

/** Who records how keys are used, and what is refused. */
export const USAGE_ACTOR = 'system:usage';

/** In milliseconds. */
export const DAY = 24 * 60 * 60 * 1000;

/** The day in UTC that an instant (milliseconds since 1970) falls on: `2026-11-23`. */
export function dayOf(instant: number): string {
  const number = Math.floor(instant / DAY);
  if (number !== latest.number) latest = { number, day: new Date(instant).toISOString().slice(0, 10) };
  return latest.day;
}

/** The day that was asked for last: as a rule it is asked for again, and to write a date takes a microsecond. */
let latest = { number: Number.NaN, day: '' };

/** What is counted: keys' uses and accounts' refusals by name, and both by quarter of an hour. */
export type UsageKind = 'uses' | 'refusals' | 'verifications' | 'createsRefused';

/** What the event counts, by kind; of a quarter, which has no times, the number is the name. */
export function countsOf(event: UsageEvent): [kind: UsageKind, counts: Counted[]][] {
  switch (event.type) {
    case 'KeysUsed':
      return [
        ['uses', event.data.uses],
        ['verifications', event.data.quarters.map(byNumber)],
      ];
    case 'CreatesRefused':
      return [
        ['refusals', event.data.refusals],
        ['createsRefused', event.data.quarters.map(byNumber)],
      ];
    case 'UsageClosed':
      return [];
    case 'UsageTotalled':
      return [
        ['uses', event.data.uses],
        ['refusals', event.data.refusals],
        ['verifications', event.data.verifications.map(byNumber)],
        ['createsRefused', event.data.createsRefused.map(byNumber)],
      ];
  }
}

function byNumber([quarter, count]: CountedQuarter): Counted {
  return [String(quarter), count, 0, 0];
}
