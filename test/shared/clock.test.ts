import { keepable, watched } from '../../src/shared/clock.js';
import { newEventId } from '../../src/shared/event-id.js';

const YEAR = 365 * 86_400_000;

it('goes where its source goes, and tells each step back once, and how far it was', () => {
  let source = 1000;
  const steps: number[] = [];
  const clock = watched(
    () => source,
    (milliseconds) => steps.push(milliseconds),
  );
  const shown: number[] = [];
  for (source of [YEAR, YEAR, YEAR + 5, 7, 7, 8, 3 * YEAR, 3 * YEAR - 1, 3 * YEAR]) shown.push(clock());
  expect(shown).toEqual([YEAR, YEAR, YEAR + 5, 7, 7, 8, 3 * YEAR, 3 * YEAR - 1, 3 * YEAR]);
  expect(steps).toEqual([YEAR - 2, 1]);
});

it.each([
  ['before 1970', -1, '1970-01-01T00:00:00.000Z'],
  ['after the year 9999', Date.parse('+010000-01-01T00:00:00.000Z'), '9999-12-31T23:59:59.999Z'],
  ['beyond any date', Number.POSITIVE_INFINITY, '9999-12-31T23:59:59.999Z'],
])('shows what the log can keep where its source is %s', (_when, source, shown) => {
  const clock = watched(
    () => source,
    () => {},
  );
  expect(new Date(clock()).toISOString()).toBe(shown);
  expect(newEventId(clock())).toMatch(/^[0-9a-f]{8}-[0-9a-f]{4}-7[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$/);
  expect(keepable(source)).toBe(clock());
});
