/** How many zones' formats are kept; to make one takes a fraction of a millisecond. */
const CAPACITY = 100;

const formats = new Map<string, Intl.DateTimeFormat>();

/** Whether clocks are known to follow it: a name of the IANA time zone database, such as `Europe/Vilnius`. */
export function isTimeZone(zone: string): boolean {
  try {
    formatOf(zone);
    return true;
  } catch (error) {
    if (error instanceof RangeError) return false;
    throw error;
  }
}

/** How far the zone's clocks are ahead of UTC at that instant (milliseconds since 1970), in milliseconds. */
export function offsetAt(zone: string, instant: number): number {
  const second = Math.floor(instant / 1000) * 1000;
  const parts = formatOf(zone).formatToParts(second);
  const part = (type: Intl.DateTimeFormatPartTypes) => Number(parts.find((one) => one.type === type)?.value);
  const year = parts.some(({ type, value }) => type === 'era' && value.startsWith('B')) ? 1 - part('year') : part('year');
  const date = new Date(0).setUTCFullYear(year, part('month') - 1, part('day'));
  return date + ((part('hour') * 60 + part('minute')) * 60 + part('second')) * 1000 - second;
}

/** What the zone's clocks show at that instant, as the instant at which those of UTC show it. */
export function localTime(zone: string, instant: number): number {
  return instant + offsetAt(zone, instant);
}

/** The instant as RFC 3339 writes it by the zone's clocks: `2026-03-29T00:00:00+02:00`. */
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
    era: 'short',
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
