import { quarterOf } from '../../../src/domain/analytics/quarter.js';

it.each([
  ['2026-03-29T00:00:00.000Z', '2026-03-29T00:00:00.000Z'],
  ['2026-03-29T00:14:59.999Z', '2026-03-29T00:00:00.000Z'],
  ['2026-03-29T00:15:00.000Z', '2026-03-29T00:15:00.000Z'],
  ['1969-12-31T23:59:59.999Z', '1969-12-31T23:45:00.000Z'],
])('the quarter of an hour of %s begins at %s', (instant, start) => {
  expect(new Date(quarterOf(Date.parse(instant))).toISOString()).toBe(start);
});
