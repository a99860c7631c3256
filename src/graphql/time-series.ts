import { type INTERVALS, intervalBounds } from '../domain/intervals.js';
import { formatLocal, isTimeZone } from '../domain/time-zone.js';
import type { Known } from '../projections/analytics.js';
import { Analytics, AnalyticsAnswer } from './analytics.js';
import { builder } from './builder.js';
import { POINTS } from './cost.js';
import { BadUserInput } from './errors.js';

const Metric = builder.enumType('AnalyticsMetric', {
  description: 'What is counted over time: in each interval how often it happened, or at its end how many there were.',
  values: {
    KEYS_CREATED: { description: 'Keys that were created, those of rotations included.' },
    KEYS_ROTATED: { description: 'Rotations, with and without an overlap.' },
    KEYS_DELETED: { description: 'Keys that were deleted, for whatever reason.' },
    KEYS_DELETED_REQUESTED: { description: 'Keys that were deleted because their owners asked for it.' },
    KEYS_DELETED_ROTATED: { description: 'Keys that were deleted because a rotation without an overlap replaced them.' },
    KEYS_DELETED_EXPIRED: { description: 'Keys that had expired and were deleted because their place was needed.' },
    KEYS_DELETED_LEAKED: { description: 'Keys that were deleted because their secret was reported as leaked.' },
    CREATES_REFUSED: { description: 'Keys that the limit refused; known some quarter of an hour later.' },
    VERIFICATIONS: { description: 'Times that a key authenticated its holder; known some ten seconds later.' },
    ACTIVE_KEYS: {
      description:
        'Keys that authenticated when the interval ended. One that expires does not from that instant, without any event.',
    },
    ACCOUNTS_AT_LIMIT: { description: 'Accounts that held as many active keys as they may when the interval ended.' },
  } as const,
});

const IntervalType = builder.enumType('Interval', {
  description: 'How long an interval is, by the clocks and the calendar of the time zone.',
  values: {
    HOUR: { description: 'An hour; where the clocks show one twice, it is two.' },
    DAY: { description: 'A day, from midnight to midnight: 23 or 25 hours where the clocks change.' },
    WEEK: { description: 'A week, from Monday (ISO 8601).' },
    MONTH: { description: 'A month.' },
  } satisfies Record<(typeof INTERVALS)[number], object>,
});

interface Point {
  start: number;
  end: number;
  value: number;
  timeZone: string;
}

const TimePoint = builder.objectRef<Point>('TimePoint').implement({
  description: 'What is counted in an interval.',
  fields: (t) => ({
    start: t.field({ type: 'DateTime', description: 'When it begins.', resolve: ({ start }) => new Date(start) }),
    end: t.field({ type: 'DateTime', description: 'When it ends; excluded.', resolve: ({ end }) => new Date(end) }),
    local: t.string({
      description: 'When it begins, by the clocks of the time zone (RFC 3339): `2026-03-29T00:00:00+02:00`.',
      resolve: ({ timeZone, start }) => formatLocal(timeZone, start),
    }),
    value: t.exposeFloat('value', {
      description:
        'How often it happened, or how many there were at the end, or are now where the end has not come. A whole number.',
    }),
  }),
});

const TimeSeries = builder.objectRef<Known<{ timeZone: string; points: Point[] }>>('TimeSeries').implement({
  description: 'What was counted over time.',
  interfaces: [AnalyticsAnswer],
  fields: (t) => ({
    timeZone: t.exposeString('timeZone', { description: 'By whose clocks.' }),
    points: t.expose('points', {
      type: [TimePoint],
      description: 'One for each interval that has begun, also where nothing happened; the earliest first.',
    }),
  }),
});

builder.objectField(Analytics, 'timeSeries', (t) =>
  t.field({
    type: TimeSeries,
    nullable: true,
    description: `What was counted over time, in at most ${POINTS.maxSize} intervals.`,
    args: {
      metric: t.arg({ type: Metric, description: 'What is counted.' }),
      from: t.arg({ type: 'DateTime', description: 'The first interval is the one that holds this instant.' }),
      to: t.arg({
        type: 'DateTime',
        description: 'The last is the one before this instant, or that holds it; none that has not begun.',
      }),
      interval: t.arg({ type: IntervalType, description: 'How long an interval is.' }),
      timeZone: t.arg.string({
        required: false,
        defaultValue: 'UTC',
        description: 'By whose clocks: a name of the IANA time zone database, such as `Europe/Vilnius`.',
      }),
    },
    extensions: { lists: POINTS.maxSize },
    resolve: (_, { metric, from, to, interval, timeZone: given }, { analytics }) => {
      const timeZone = given ?? 'UTC';
      if (!isTimeZone(timeZone)) {
        throw new BadUserInput('timeZone must be a name of the IANA time zone database, such as Europe/Vilnius', ['timeZone']);
      }
      if (from.getTime() < 0) throw new BadUserInput('from must not be before 1970', ['from']);
      if (from >= to) throw new BadUserInput('from must be before to', ['from']);
      const bounds = intervalBounds(interval, timeZone, from.getTime(), to.getTime(), POINTS.maxSize);
      if (!bounds) {
        throw new BadUserInput(
          `from and to must be at most ${POINTS.maxSize} intervals of ${interval} apart: ask for longer intervals, or for less time`,
          ['to'],
        );
      }
      const { values, ...moment } = analytics().series(metric, bounds);
      const points = values.map((value, index) => {
        const [start = 0, end = 0] = bounds.slice(index, index + 2);
        return { start, end, value, timeZone };
      });
      return { ...moment, timeZone, points };
    },
  }),
);
