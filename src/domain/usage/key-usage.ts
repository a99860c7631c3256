import type { Timestamp } from '../keys/model.js';

/** How often something with that name happened on a day, and when first and last, in milliseconds since the start of the day in UTC. */
export type Counted = [name: string, count: number, first: number, last: number];

/** How often something happened in a quarter of an hour of a day. Quarters are numbered from 0. */
export type CountedQuarter = [quarter: number, count: number];

/**
 * How often keys authenticated callers, on one day and in one process. For these keys and quarters it holds the total since the stream
 * began. Only the latest event of a stream counts for each, so repeating one changes nothing.
 */
interface KeysUsed {
  type: 'KeysUsed';
  data: { day: string; uses: Counted[]; quarters: CountedQuarter[] };
}

/** How often the limit refused accounts a further key; otherwise like `KeysUsed`. */
interface CreatesRefused {
  type: 'CreatesRefused';
  data: { day: string; refusals: Counted[]; quarters: CountedQuarter[] };
}

/** The last event of a process's stream for a day: no more counts follow. */
interface UsageClosed {
  type: 'UsageClosed';
  data: { day: string };
}

/** The totals of these writers' closed streams, for these keys, accounts and quarters. They permanently replace those streams. */
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

/** Counts with the time at which they were recorded and the actor that recorded them. */
export type PastUsage = UsageEvent & { at: Timestamp; actor: string };

/** The actor that records uses and refusals. */
export const USAGE_ACTOR = 'system:usage';

/** In milliseconds. */
export const DAY = 24 * 60 * 60 * 1000;

/** The day in UTC that an instant (milliseconds since 1970) falls on: `2026-11-23`. */
export function dayOf(instant: number): string {
  const number = Math.floor(instant / DAY);
  if (number !== latest.number) latest = { number, day: new Date(instant).toISOString().slice(0, 10) };
  return latest.day;
}

/** The last result is cached: consecutive calls usually ask for the same day, and formatting a date takes a microsecond. */
let latest = { number: Number.NaN, day: '' };

/** What is counted: uses of keys and refusals of accounts by name, and both by quarter of an hour. */
export type UsageKind = 'uses' | 'refusals' | 'verifications' | 'createsRefused';

/** The counts in the event, by kind. Quarters have no times; their number is used as the name. */
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
