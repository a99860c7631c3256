// Written here, because `domain` imports no package, and Node has Temporal only from version 26.

/** How many zones' formatters are cached; creating one takes a fraction of a millisecond. */
const CAPACITY = 100;

const formats = new Map<string, Intl.DateTimeFormat>();

/** True if the zone is in the IANA time zone database, such as `Europe/Vilnius`. */
export function isTimeZone(zone: string): boolean {
  try {
    formatOf(zone);
    return true;
  } catch (error) {
    if (error instanceof RangeError) return false;
    throw error;
  }
}

/**
 * The zone's offset from UTC, in milliseconds; positive east of Greenwich.
 * @param instant milliseconds since 1970; not long before that
 */
export function offsetAt(zone: string, instant: number): number {
  const second = Math.floor(instant / 1000) * 1000;
  const parts = formatOf(zone).formatToParts(second);
  const part = (type: Intl.DateTimeFormatPartTypes) => Number(parts.find((one) => one.type === type)?.value);
  const [year, month, day] = [part('year'), part('month') - 1, part('day')];
  return Date.UTC(year, month, day, part('hour'), part('minute'), part('second')) - second;
}

/** The zone's local time at that instant, expressed as the instant at which UTC clocks show the same. */
export function localTime(zone: string, instant: number): number {
  return instant + offsetAt(zone, instant);
}

/** Formats the instant by RFC 3339 in the zone's local time: `2026-03-29T00:00:00+02:00`. */
export function formatLocal(zone: string, instant: number): string {
  const offset = offsetAt(zone, instant);
  const minutes = Math.trunc(Math.abs(offset) / 60_000);
  const digits = (value: number) => String(value).padStart(2, '0');
  const sign = offset < 0 ? '-' : '+';
  const local = new Date(instant + offset).toISOString().slice(0, 19);
  return `${local}${sign}${digits(Math.trunc(minutes / 60))}:${digits(minutes % 60)}`;
}

function formatOf(zone: string): Intl.DateTimeFormat {
  const known = formats.get(zone);
  if (known) return known;
  const format = new Intl.DateTimeFormat('en-u-ca-gregory', {
    timeZone: zone,
    hourCycle: 'h23',
    year: 'numeric',
    month: 'numeric',
    day: 'numeric',
    hour: 'numeric',
    minute: 'numeric',
    second: 'numeric',
  });
  if (formats.size === CAPACITY) formats.clear();
  formats.set(zone, format);
  return format;
}
