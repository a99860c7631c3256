import type { Bucket, Distribution, Quantile } from '../../domain/analytics/distribution.js';
import type { Known } from '../../projections/analytics/analytics.js';
import type { DistributionMetric } from '../../projections/analytics/analytics-questions.js';
import { builder } from '../api/builder.js';
import { READS_EVERY_KEY } from '../api/cost.js';
import { BadUserInput } from '../api/errors.js';
import { BUCKETS } from '../api/list-lengths.js';
import { toInt } from '../api/to-int.js';
import { Analytics, AnalyticsAnswer } from './analytics.js';

/** The maximum number of quantiles in one request. */
const MAX_QUANTILES = 20;

const Metric = builder.enumType('DistributionMetric', {
  description: 'What is distributed. Times are in whole seconds, rounded down.',
  values: {
    KEY_AGE: { description: 'The age of each active key, in seconds.' },
    LIFETIME: {
      description:
        'How long each ended key authenticated, in seconds: from its creation to its deletion, or to its expiry if that came first.',
    },
    TIME_TO_FIRST_USE: {
      description: 'The time from the creation of each key that was ever used to its first use, in seconds.',
    },
    TIME_UNUSED: {
      description:
        'How long each active key has not been used, in seconds: since its last use, or since its creation if it was never used.',
    },
    TIME_TO_EXPIRY: {
      description: 'The time from now until each active key expires, in seconds. Keys that never expire do not count.',
    },
    KEYS_PER_ACCOUNT: {
      description:
        'How many active keys each account holds. An account that has ever held a key counts, with 0 if it holds none now.',
    },
  } satisfies Record<DistributionMetric, object>,
});

const DistributionBucket = builder.objectRef<Bucket>('DistributionBucket').implement({
  description: 'A range of values, and how many values are in it. Values are seconds, or keys for `KEYS_PER_ACCOUNT`.',
  fields: (t) => ({
    from: t.exposeFloat('from', { description: 'The start of the range, included.' }),
    to: t.exposeFloat('to', { description: 'The end of the range, excluded.' }),
    count: t.int({ description: 'How many values are in the range.', resolve: ({ count }) => toInt(count) }),
  }),
});

const QuantileType = builder.objectRef<Quantile>('Quantile').implement({
  description:
    'A quantile: the smallest value such that at least this part of all values is not greater (nearest rank, without interpolation).',
  fields: (t) => ({
    part: t.exposeFloat('part', {
      description: 'The part of all values, from 0 to 1, as you asked for it. 0.5 is the median.',
    }),
    value: t.exposeFloat('value', { description: 'The quantile. It is in seconds, or in keys for `KEYS_PER_ACCOUNT`.' }),
  }),
});

const DistributionType = builder.objectRef<Known<Distribution>>('Distribution').implement({
  description: 'How the values of a metric are distributed now. Values are seconds, or keys for `KEYS_PER_ACCOUNT`.',
  interfaces: [AnalyticsAnswer],
  fields: (t) => ({
    count: t.int({ description: 'How many values there are.', resolve: ({ count }) => toInt(count) }),
    min: t.exposeFloat('min', { nullable: true, description: 'The smallest value. Null if there is no value.' }),
    max: t.exposeFloat('max', { nullable: true, description: 'The greatest value. Null if there is no value.' }),
    mean: t.exposeFloat('mean', { nullable: true, description: 'The mean of all values. Null if there is no value.' }),
    buckets: t.expose('buckets', {
      type: [DistributionBucket],
      description: 'Ranges of equal width, from 0 to the one that holds the greatest value. None if there is no value.',
    }),
    quantiles: t.expose('quantiles', {
      type: [QuantileType],
      description: 'The quantiles that you asked for, in the same order. None if there is no value.',
    }),
  }),
});

builder.objectField(Analytics, 'distribution', (t) =>
  t.field({
    type: DistributionType,
    nullable: true,
    description: `How the values of a metric are distributed now. ${READS_EVERY_KEY}`,
    args: {
      metric: t.arg({ type: Metric, description: 'The metric whose values are distributed.' }),
      buckets: t.arg.int({
        required: false,
        defaultValue: BUCKETS.defaultSize,
        description: `The greatest number of ranges: ${BUCKETS.minSize} to ${BUCKETS.maxSize}. The default is ${BUCKETS.defaultSize}.`,
      }),
      quantiles: t.arg.floatList({
        required: false,
        description: `The quantiles to give: at most ${MAX_QUANTILES}, each from 0 to 1, such as \`[0.5, 0.9]\`. The default is none.`,
      }),
    },
    extensions: { readsEveryKey: true },
    resolve: (_, { metric, buckets: given, quantiles: parts }, { analytics, time }) => {
      const buckets = given ?? BUCKETS.defaultSize;
      const quantiles = parts ?? [];
      if (quantiles.length > MAX_QUANTILES)
        throw new BadUserInput(`quantiles must have at most ${MAX_QUANTILES} values`, ['quantiles']);
      const wrong = quantiles.findIndex((part) => !(part >= 0 && part <= 1));
      if (wrong >= 0) throw new BadUserInput('quantiles must be from 0 to 1', ['quantiles', wrong]);
      return analytics().distribution(metric, { buckets, quantiles }, time.signal);
    },
  }),
);
