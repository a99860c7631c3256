import { type INTERVALS, intervalBounds } from '../../domain/analytics/intervals.js';
import { formatLocal, isTimeZone } from '../../domain/analytics/time-zone.js';
import type { Known } from '../../projections/analytics/analytics.js';
import { builder } from '../api/builder.js';
import { POINTS } from '../api/cost.js';
import { BadUserInput } from '../api/errors.js';
import { toTimeRange } from '../api/time-range.js';
import { Analytics, AnalyticsAnswer } from './analytics.js';

const Metric = builder.enumType('AnalyticsMetric', {
  description: 'What is counted over time: how often something happened in an interval, or how many there were at its end.',
  values: {
    KEYS_CREATED: { description: 'How many keys were created, those of rotations included.' },
    KEYS_ROTATED: { description: 'How many keys were rotated, with and without an overlap.' },
    KEYS_DELETED: { description: 'How many keys were deleted, for any reason.' },
    KEYS_DELETED_REQUESTED: { description: 'How many keys were deleted because their owner asked for it.' },
    KEYS_DELETED_ROTATED: { description: 'How many keys were deleted because a rotation without an overlap replaced them.' },
    KEYS_DELETED_EXPIRED: { description: 'How many keys were deleted because they had expired and their slot was needed.' },
    KEYS_DELETED_LEAKED: { description: 'How many keys were deleted because their secret was reported as leaked.' },
    KEYS_DELETED_REVOKED: { description: 'How many keys were deleted by an operator.' },
    KEYS_DISABLED: { description: 'How often a key was disabled.' },
    KEYS_ENABLED: { description: 'How often a disabled key was enabled.' },
    CREATES_REFUSED: { description: 'How often the limit refused a key. A refusal counts about a quarter of an hour later.' },
    VERIFICATIONS: { description: 'How often keys authenticated their holders. A use counts about ten seconds later.' },
    ACTIVE_KEYS: {
      description:
        'How many keys authenticated at the end of the interval. A key stops counting when it expires; there is no event for that. A disabled key does not count.',
    },
    ACCOUNTS_AT_LIMIT: {
      description:
        'How many accounts held as many keys as they may at the end of the interval. Disabled keys count, and expired keys do not.',
    },
  } as const,
});

const IntervalType = builder.enumType('Interval', {
  description: 'The length of an interval, by the clocks and the calendar of the time zone.',
  values: {
    HOUR: { description: 'An hour. If clocks are set back and show an hour twice, these are two intervals.' },
    DAY: { description: 'A day, from midnight to midnight. It has 23 or 25 hours if clocks change.' },
    WEEK: { description: 'A week, which begins on Monday (ISO 8601).' },
    MONTH: { description: 'A month of the calendar.' },
  } satisfies Record<(typeof INTERVALS)[number], object>,
});

interface Point {
  start: number;
  end: number;
  value: number;
  timeZone: string;
}

const TimePoint = builder.objectRef<Point>('TimePoint').implement({
  description: 'One interval, and what is counted in it.',
  fields: (t) => ({
    start: t.field({
      type: 'DateTime',
      description: 'When the interval begins, included.',
      resolve: ({ start }) => new Date(start),
    }),
    end: t.field({ type: 'DateTime', description: 'When the interval ends, excluded.', resolve: ({ end }) => new Date(end) }),
    local: t.string({
      description: 'When the interval begins, by the clocks of the time zone (RFC 3339): `2026-03-29T00:00:00+02:00`.',
      resolve: ({ timeZone, start }) => formatLocal(timeZone, start),
    }),
    value: t.exposeFloat('value', {
      description:
        'How often it happened, or how many there were at the end. If the end is in the future, how many there are now. It is a whole number.',
    }),
  }),
});

const TimeSeries = builder.objectRef<Known<{ timeZone: string; points: Point[] }>>('TimeSeries').implement({
  description: 'What was counted over time, interval by interval.',
  interfaces: [AnalyticsAnswer],
  fields: (t) => ({
    timeZone: t.exposeString('timeZone', { description: 'The time zone that you asked for, such as `Europe/Vilnius`.' }),
    points: t.expose('points', {
      type: [TimePoint],
      description:
        'One point for each interval that has begun, the earliest first. An interval in which nothing happened has a point, too.',
    }),
  }),
});

builder.objectField(Analytics, 'timeSeries', (t) =>
  t.field({
    type: TimeSeries,
    nullable: true,
    description: `What was counted over time, in at most ${POINTS.maxSize} intervals. Error: \`BAD_USER_INPUT\` for more intervals, and for an unknown time zone.`,
    args: {
      metric: t.arg({ type: Metric, description: 'What to count in each interval.' }),
      from: t.arg({
        type: 'DateTime',
        description: 'An instant in the first interval, from 1970 on. The series begins with that interval.',
      }),
      to: t.arg({
        type: 'DateTime',
        description:
          'The end, after `from`. The last interval is the one that ends at this instant or holds it. Intervals that have not begun are left out.',
      }),
      interval: t.arg({ type: IntervalType, description: 'The length of each interval.' }),
      timeZone: t.arg.string({
        required: false,
        defaultValue: 'UTC',
        description:
          'The time zone whose clocks and calendar count: a name of the IANA time zone database, such as `Europe/Vilnius`.',
      }),
    },
    extensions: { lists: POINTS.maxSize },
    resolve: async (_, { metric, from, to, interval, timeZone: given }, { analytics, time }) => {
      const timeZone = given ?? 'UTC';
      if (!isTimeZone(timeZone)) {
        throw new BadUserInput('timeZone must be a name of the IANA time zone database, such as Europe/Vilnius', ['timeZone']);
      }
      if (from.getTime() < 0) throw new BadUserInput('from must not be before 1970', ['from']);
      toTimeRange({ from, to });
      const bounds = intervalBounds(interval, timeZone, from.getTime(), to.getTime(), POINTS.maxSize);
      if (!bounds) {
        throw new BadUserInput(
          `from and to must be at most ${POINTS.maxSize} intervals of ${interval} apart: ask for longer intervals, or for less time`,
          ['to'],
        );
      }
      const { values, ...moment } = await analytics().series(metric, bounds, time.signal);
      const points = values.map((value, index) => {
        const [start = 0, end = 0] = bounds.slice(index, index + 2);
        return { start, end, value, timeZone };
      });
      return { ...moment, timeZone, points };
    },
  }),
);
