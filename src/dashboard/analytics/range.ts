import type { Interval } from '../../client/gql/graphql.js';
import { DAY } from '../ui/time.js';

/** The range and interval of time series, as the API takes them. */
export interface Range {
  from: string;
  to: string;
  interval: Interval;
  timeZone: string;
}

/** The user's choice: a number of days up to now, or from one instant (RFC 3339) to another. */
export interface Choice {
  days: string;
  from: string;
  to: string;
  interval: Interval;
  timeZone: string;
}

/** The choice in the address. The default is the last 90 days, by day, in the user's time zone. */
export function choiceIn(address: URLSearchParams): Choice {
  const [from, to] = [address.get('from') ?? '', address.get('to') ?? ''];
  const [days] = SPANS.find(([days]) => days === address.get('days')) ?? DEFAULT_SPAN;
  const [interval] = INTERVALS.find(([interval]) => interval === address.get('interval')) ?? DEFAULT_INTERVAL;
  const timeZone = address.get('timeZone') || OWN_ZONE.zone;
  const isFixed = [from, to].every((instant) => !Number.isNaN(Date.parse(instant)));
  return isFixed ? { days: '', from, to, interval, timeZone } : { days: days || '90', from: '', to: '', interval, timeZone };
}

/** The parameters of the address that hold the choice. */
export function parametersOf({ days, from, to, interval, timeZone }: Choice): Record<string, string> {
  return { ...(days === '' ? { from, to } : { days }), interval, timeZone };
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

const DEFAULT_SPAN = ['90'] as const;
const DEFAULT_INTERVAL = ['DAY'] as const;

/** Converts the choice for the API. `now` is in milliseconds since 1970. */
export function rangeOf({ days, from, to, interval, timeZone }: Choice, now: number): Range {
  if (days === '') return { from, to, interval, timeZone };
  return { from: new Date(now - Number(days) * DAY).toISOString(), to: new Date(now).toISOString(), interval, timeZone };
}
