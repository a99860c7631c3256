import { formatLocal, isTimeZone, offsetAt } from '../../../src/domain/analytics/time-zone.js';

it.each(['Europe/Vilnius', 'UTC', 'America/Argentina/Buenos_Aires'])('knows the zone %s', (zone) => {
  expect(isTimeZone(zone)).toBe(true);
});

it.each(['', 'Vilnius', 'Europe/Vilnius\u0000', 'Mars/Olympus', '../etc/passwd'])('knows no zone %j', (zone) => {
  expect(isTimeZone(zone)).toBe(false);
});

it.each([
  ['UTC', '2026-03-29T00:59:59.999Z', '2026-03-29T00:59:59+00:00'],
  ['Europe/Vilnius', '2026-03-29T00:59:59.999Z', '2026-03-29T02:59:59+02:00'],
  ['Europe/Vilnius', '2026-03-29T01:00:00.000Z', '2026-03-29T04:00:00+03:00'],
  ['Asia/Kathmandu', '2026-12-31T18:15:00.000Z', '2027-01-01T00:00:00+05:45'],
  ['America/St_Johns', '2026-01-01T00:10:00.000Z', '2025-12-31T20:40:00-03:30'],
])('in %s it is at %s %s', (zone, instant, local) => {
  expect(formatLocal(zone, Date.parse(instant))).toBe(local);
});

it('knows offsets to the second, also between two seconds', () => {
  expect([-1, 0, 1].map((instant) => offsetAt('Africa/Monrovia', instant))).toEqual(Array(3).fill(-(44 * 60 + 30) * 1000));
});
