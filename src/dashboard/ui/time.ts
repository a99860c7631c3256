/** Times are in milliseconds, as JavaScript has them. */
export const SECOND = 1000;
export const MINUTE = 60 * SECOND;
export const HOUR = 60 * MINUTE;
export const DAY = 24 * HOUR;

/** The last value of a `datetime-local` field. Without a bound, browsers take years of six digits, which RFC 3339 does not have. */
export const LAST_LOCAL = '9999-12-31T23:59';

const UNITS = [
  ['year', 365 * DAY],
  ['month', 30 * DAY],
  ['day', DAY],
  ['hour', HOUR],
  ['minute', MINUTE],
] as const;

const relative = new Intl.RelativeTimeFormat('en', { numeric: 'auto' });
const absolute = new Intl.DateTimeFormat('en', { dateStyle: 'medium', timeStyle: 'medium' });

/** The distance from now in the largest suitable unit: `3 minutes ago`, `in 2 days`. Both are in milliseconds since 1970. */
export function relativeTime(instant: number, now: number): string {
  const distance = instant - now;
  const [unit, length] = UNITS.find(([, length]) => Math.abs(distance) >= length) ?? [];
  return unit ? relative.format(Math.round(distance / length), unit) : distance > 0 ? 'in a moment' : 'just now';
}

/** Formats an instant in the browser's time zone. */
export function absoluteTime(instant: number): string {
  return absolute.format(instant);
}

/** The instant as the value of a `datetime-local` field, in the browser's time zone. Empty if the text is no instant. */
export function toLocal(instant: string): string {
  const time = Date.parse(instant);
  if (Number.isNaN(time)) return '';
  const local = localTime(time);
  return local.slice(0, local.endsWith(':00.000') ? 16 : 23);
}

/** The instant, in milliseconds since 1970, in the browser's time zone: `2026-11-24T10:00:00.000`. */
export function localTime(instant: number): string {
  const offset = new Date(instant).getTimezoneOffset() * MINUTE;
  return new Date(instant - offset).toISOString().slice(0, 23);
}

/**
 * The instant of a `datetime-local` field, in UTC. Undefined if the field is empty. A field that still shows `before` means `before`: of an
 * hour that the clocks show twice, its text alone would mean the first.
 */
export function fromLocal(value: string, before = ''): string | undefined {
  const time = Date.parse(value === toLocal(before) ? before : value);
  return Number.isNaN(time) ? undefined : new Date(time).toISOString();
}
