import { type Interval, intervalBounds } from '../../../src/domain/analytics/intervals.js';
import { formatLocal } from '../../../src/domain/analytics/time-zone.js';

/** The bounds in the zone's local time. */
function bounds(interval: Interval, zone: string, from: string, to: string): string[] | undefined {
  return intervalBounds(interval, zone, Date.parse(from), Date.parse(to), 1000)?.map((bound) => formatLocal(zone, bound));
}

const hours = (found: string[] | undefined) => found?.map((local) => local.slice(11, 16) + local.slice(19));

describe('in Vilnius', () => {
  it('a day has 23 hours when the clocks go forward', () => {
    expect(bounds('DAY', 'Europe/Vilnius', '2026-03-28T12:00:00Z', '2026-03-29T21:00:00.001Z')).toEqual([
      '2026-03-28T00:00:00+02:00',
      '2026-03-29T00:00:00+02:00',
      '2026-03-30T00:00:00+03:00',
      '2026-03-31T00:00:00+03:00',
    ]);
    const found = bounds('HOUR', 'Europe/Vilnius', '2026-03-28T22:00:00Z', '2026-03-29T21:00:00Z');
    expect(found).toHaveLength(23 + 1);
    expect(hours(found)?.slice(0, 5)).toEqual(['00:00+02:00', '01:00+02:00', '02:00+02:00', '04:00+03:00', '05:00+03:00']);
  });

  it('a day has 25 hours when the clocks go back, one of them twice', () => {
    const found = bounds('HOUR', 'Europe/Vilnius', '2026-10-24T21:00:00Z', '2026-10-25T22:00:00Z');
    expect(found).toHaveLength(25 + 1);
    expect(hours(found)?.slice(2, 6)).toEqual(['02:00+03:00', '03:00+03:00', '03:00+02:00', '04:00+02:00']);
  });

  it('a week begins on Monday and a month on its first day, whatever the clocks do in it', () => {
    expect(bounds('WEEK', 'Europe/Vilnius', '2026-03-29T20:59:59Z', '2026-03-29T21:00:01Z')).toEqual([
      '2026-03-23T00:00:00+02:00',
      '2026-03-30T00:00:00+03:00',
      '2026-04-06T00:00:00+03:00',
    ]);
    expect(bounds('MONTH', 'Europe/Vilnius', '2025-12-31T22:00:00Z', '2026-04-30T21:00:00Z')).toEqual([
      '2026-01-01T00:00:00+02:00',
      '2026-02-01T00:00:00+02:00',
      '2026-03-01T00:00:00+02:00',
      '2026-04-01T00:00:00+03:00',
      '2026-05-01T00:00:00+03:00',
    ]);
  });
});

it('hours begin with those of clocks that are quarters of an hour off, west of Greenwich, too', () => {
  expect(bounds('HOUR', 'America/St_Johns', '2026-01-01T00:10:00Z', '2026-01-01T00:40:00Z')).toEqual([
    '2025-12-31T20:00:00-03:30',
    '2025-12-31T21:00:00-03:30',
    '2025-12-31T22:00:00-03:30',
  ]);
  expect(bounds('HOUR', 'Asia/Kathmandu', '2026-01-01T00:00:00Z', '2026-01-01T01:15:00Z')).toEqual([
    '2026-01-01T05:00:00+05:45',
    '2026-01-01T06:00:00+05:45',
    '2026-01-01T07:00:00+05:45',
  ]);
});

it.each([
  [
    'of which half is shown again',
    'Australia/Lord_Howe',
    ['2026-04-04T14:00:00Z', '2026-04-04T16:00:00Z'],
    ['01:00+11:00', '01:30+10:30', '02:00+10:30', '03:00+10:30'],
  ],
  [
    'that begins with the half that is shown again',
    'Australia/Lord_Howe',
    ['2026-04-04T15:10:00Z', '2026-04-04T15:20:00Z'],
    ['01:30+10:30', '02:00+10:30'],
  ],
  [
    'that follows the half that is shown again',
    'Australia/Lord_Howe',
    ['2026-04-04T15:30:00Z', '2026-04-04T15:40:00Z'],
    ['02:00+10:30', '03:00+10:30'],
  ],
  [
    'whose second half is left out',
    'Asia/Pyongyang',
    ['2018-05-04T14:00:00Z', '2018-05-04T15:30:00Z'],
    ['22:00+08:30', '23:00+08:30', '00:00+09:00', '01:00+09:00'],
  ],
  [
    'that is left out but for its first minute',
    'America/St_Johns',
    ['1990-04-01T03:30:00Z', '1990-04-01T04:00:00Z'],
    ['00:00-03:30', '01:01-02:30', '02:00-02:30'],
  ],
  [
    'that begins a minute late',
    'America/St_Johns',
    ['1990-04-01T03:31:00Z', '1990-04-01T04:00:00Z'],
    ['01:01-02:30', '02:00-02:30'],
  ],
])('where clocks change, an hour %s has bounds of its own', (_what, zone, [from = '', to = ''], expected) => {
  expect(hours(bounds('HOUR', zone, from, to))).toEqual(expected);
});

it.each([
  ['has no midnight', 'Africa/Cairo', '2026-04-24T12:00:00Z', ['2026-04-24T01:00:00+03:00', '2026-04-25T00:00:00+03:00']],
  [
    'lacks its first forty minutes',
    'Pacific/Kiritimati',
    '1979-10-01T12:00:00Z',
    ['1979-10-01T00:40:00-10:00', '1979-10-02T00:00:00-10:00'],
  ],
  [
    'is interrupted by the end of the day before',
    'Antarctica/Casey',
    '2010-03-04T14:00:00Z',
    ['2010-03-05T00:00:00+11:00', '2010-03-06T00:00:00+08:00'],
  ],
  [
    'goes on during the hour that is shown again',
    'Antarctica/Casey',
    '2010-03-04T15:30:00Z',
    ['2010-03-05T00:00:00+11:00', '2010-03-06T00:00:00+08:00'],
  ],
  ['has two midnights', 'America/Havana', '2026-11-01T12:00:00Z', ['2026-11-01T00:00:00-04:00', '2026-11-02T00:00:00-05:00']],
  [
    'follows one that was left out',
    'Pacific/Apia',
    '2011-12-30T10:00:00Z',
    ['2011-12-31T00:00:00+14:00', '2012-01-01T00:00:00+14:00'],
  ],
])('a day that %s begins when its date does', (_what, zone, within, expected) => {
  const instant = Date.parse(within);
  expect(intervalBounds('DAY', zone, instant, instant + 1, 10)?.map((bound) => formatLocal(zone, bound))).toEqual(expected);
});

it('leaves out a date that the zone has left out', () => {
  expect(bounds('DAY', 'Pacific/Apia', '2011-12-28T22:00:00Z', '2011-12-31T00:00:00Z')).toEqual([
    '2011-12-28T00:00:00-10:00',
    '2011-12-29T00:00:00-10:00',
    '2011-12-31T00:00:00+14:00',
    '2012-01-01T00:00:00+14:00',
  ]);
});

it('gives no more than it may, at once, however long the range', () => {
  const [from, to] = [Date.parse('1970-01-01T00:00:00Z'), Date.parse('9999-01-01T00:00:00Z')];
  expect(intervalBounds('HOUR', 'Europe/Vilnius', from, to, 1000)).toBeUndefined();
  expect(intervalBounds('DAY', 'UTC', from, from + 1000 * 86_400_000, 1000)).toHaveLength(1001);
  expect(intervalBounds('DAY', 'UTC', from, from + 1000 * 86_400_000 + 1, 1000)).toBeUndefined();
});
