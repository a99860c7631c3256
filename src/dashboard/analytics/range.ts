import type { Interval } from '../gql/graphql.js';
import { DAY } from '../ui/time.js';

/** What time series are asked for: as the API takes it. */
export interface Range {
  from: string;
  to: string;
  interval: Interval;
  timeZone: string;
}

/** What the user has chosen: a number of days up to now, or two instants as `datetime-local` gives them (`2026-11-25T14:30`). */
export interface Choice {
  days: string;
  from: string;
  to: string;
  interval: Interval;
  timeZone: string;
}

/** A quarter, by day, by the user's own clocks. */
export function firstChoice(): Choice {
  return { days: '90', from: '', to: '', interval: 'DAY', timeZone: Intl.DateTimeFormat().resolvedOptions().timeZone };
}

export const INTERVALS: readonly (readonly [Interval, string])[] = [
  ['HOUR', 'by the hour'],
  ['DAY', 'by day'],
  ['WEEK', 'by week'],
  ['MONTH', 'by month'],
];

export const SPANS = [
  ['7', 'the last 7 days'],
  ['30', 'the last 30 days'],
  ['90', 'the last 90 days'],
  ['365', 'the last year'],
  ['', 'from one time to another'],
] as const;

/** The choice as the API takes it; instants without a zone are by the user's own clocks. `now` in milliseconds since 1970. */
export function rangeOf({ days, from, to, interval, timeZone }: Choice, now: number): Range {
  const [first, last] = days === '' ? [from, to] : [now - Number(days) * DAY, now];
  return { from: new Date(first).toISOString(), to: new Date(last).toISOString(), interval, timeZone };
}
