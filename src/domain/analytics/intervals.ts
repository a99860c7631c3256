// Written here, because `domain` imports no package, and Node has Temporal only from version 26.

import { localTime, offsetAt } from './time-zone.js';

export const INTERVALS = ['HOUR', 'DAY', 'WEEK', 'MONTH'] as const;
export type Interval = (typeof INTERVALS)[number];

const HOUR = 3_600_000;
const DAY = 24 * HOUR;

/** Clocks change at a multiple of this, in milliseconds. Newfoundland's used to change a minute after midnight. */
const STEP = 1000;

/**
 * Splits a time range into intervals by the clocks of a zone. Returns the start of each interval that holds any instant from `from` to
 * before `to`, and the end of the last, in milliseconds since 1970. Weeks begin on Monday (ISO 8601). A day has 23 or 25 hours when the
 * clocks change; an hour that the clocks show twice is two intervals.
 * @param zone a zone for which `isTimeZone` is true
 * @param from not before 1970
 * @returns at most `limit` intervals; undefined if there would be more
 */
export function intervalBounds(
  interval: Interval,
  zone: string,
  from: number,
  to: number,
  limit: number,
): number[] | undefined {
  const step = interval === 'HOUR' ? hours(zone, from) : dates(interval, zone, from);
  const bounds: number[] = [];
  for (const bound of step) {
    // A zone may have skipped a date: Samoa had no 30 December 2011.
    if (bound === bounds.at(-1)) continue;
    // A zone may have shown the end of a date again after the start of the next: Casey did on 5 March 2010.
    // An hour in which clocks change is short, so several may begin within one hour before `from`.
    if (bound <= from) bounds.length = 0;
    bounds.push(bound);
    if (bound >= to) return bounds;
    if (bounds.length > limit) return undefined;
  }
  return undefined;
}

/** Yields the starts of hours, beginning with one that is not after the instant. */
function* hours(zone: string, from: number): Generator<number, never> {
  for (let start = hourEnd(zone, from - HOUR); ; start = hourEnd(zone, start)) yield start;
}

/** The end of the hour that contains the instant, at most one hour later. */
function hourEnd(zone: string, instant: number): number {
  const offset = offsetAt(zone, instant);
  const end = (Math.floor((instant + offset) / HOUR) + 1) * HOUR - offset;
  return offsetAt(zone, end - 1) === offset ? end : changeBetween(zone, instant, end - 1);
}

/** The instant after `before`, and not after `after`, at which the offset becomes that of `after`. */
function changeBetween(zone: string, before: number, after: number): number {
  const offset = offsetAt(zone, after);
  return firstStep(before, after, (instant) => offsetAt(zone, instant) === offset);
}

/** Yields the starts of days, weeks or months, beginning with the one that contains the instant. */
function* dates(interval: Exclude<Interval, 'HOUR'>, zone: string, from: number): Generator<number, never> {
  const today = new Date(localTime(zone, from));
  const [year, month, date] = [today.getUTCFullYear(), today.getUTCMonth(), today.getUTCDate()];
  const sinceMonday = (today.getUTCDay() + 6) % 7;
  for (let index = 0; ; index += 1) {
    if (interval === 'MONTH') yield startOf(zone, Date.UTC(year, month + index, 1));
    else if (interval === 'WEEK') yield startOf(zone, Date.UTC(year, month, date - sinceMonday + 7 * index));
    else yield startOf(zone, Date.UTC(year, month, date + index));
  }
}

/**
 * The first instant of a date in the zone. The date is given as midnight in UTC. In the zone, midnight may not exist or may occur twice; it
 * occurs twice only if the clocks are put back across it, so its first time is by the offset of the day before.
 */
function startOf(zone: string, date: number): number {
  const midnight = date - offsetAt(zone, date - DAY);
  if (localTime(zone, midnight) === date) return midnight;
  return firstStep(date - DAY, date + DAY, (instant) => localTime(zone, instant) >= date);
}

/** The first step after `before`, and not after `after`, from which on the condition holds. */
function firstStep(before: number, after: number, holds: (instant: number) => boolean): number {
  let low = Math.floor(before / STEP);
  let high = Math.ceil(after / STEP);
  while (high - low > 1) {
    const middle = Math.floor((low + high) / 2);
    if (holds(middle * STEP)) high = middle;
    else low = middle;
  }
  return high * STEP;
}
