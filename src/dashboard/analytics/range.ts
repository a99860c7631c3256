import type { Interval } from '../../client/gql/graphql.js';
import { DAY } from '../ui/time.js';

/** The range and interval of time series, as the API takes them. */
export interface Range {
  from: string;
  to: string;
  interval: Interval;
  timeZone: string;
}

/** The user's choice: a number of days up to now, or two values of `datetime-local` fields (`2026-11-25T14:30`). */
export interface Choice {
  days: string;
  from: string;
  to: string;
  interval: Interval;
  timeZone: string;
}

/** The default: the last 90 days, by day, in the user's time zone. */
export function firstChoice(): Choice {
  return { days: '90', from: '', to: '', interval: 'DAY', timeZone: OWN_ZONE.zone };
}

/** The user's time zone. It is UTC if the browser says one that it does not know itself, such as `Etc/Unknown`, which is then `unknown`. */
export const OWN_ZONE = ownZone();

function ownZone(): { zone: string; unknown?: string } {
  const { timeZone } = Intl.DateTimeFormat().resolvedOptions();
  try {
    Intl.DateTimeFormat('en', { timeZone });
    return { zone: timeZone };
  } catch {
    return { zone: 'UTC', unknown: timeZone };
  }
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

/** Converts the choice for the API. `datetime-local` values are in the browser's time zone. `now` is in milliseconds since 1970. */
export function rangeOf({ days, from, to, interval, timeZone }: Choice, now: number): Range {
  const [first, last] = days === '' ? [from, to] : [now - Number(days) * DAY, now];
  return { from: new Date(first).toISOString(), to: new Date(last).toISOString(), interval, timeZone };
}
