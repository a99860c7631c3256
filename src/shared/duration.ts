const UNITS = new Map(Object.entries({ ms: 1, s: 1000, m: 60_000, h: 3_600_000, d: 86_400_000 }));

/**
 * Parses a duration such as `500ms`, `15s`, `15 s`, `10m`, `1h` or `30d` to milliseconds. Case does not matter; a bare number is in
 * seconds. Undefined for anything else.
 */
export function parseDuration(text: string): number | undefined {
  const [, amount, unit = 's'] = /^(\d{1,9}(?:\.\d{1,3})?) ?([a-z]{1,2})?$/.exec(text.trim().toLowerCase()) ?? [];
  const milliseconds = UNITS.get(unit);
  return amount === undefined || milliseconds === undefined ? undefined : Number(amount) * milliseconds;
}
