import type { Bucket, Distribution, Quantile } from '../domain/distribution.js';
import type { Known } from '../projections/analytics.js';
import type { DistributionMetric } from '../projections/analytics-questions.js';
import { Analytics, AnalyticsAnswer, toInt } from './analytics.js';
import { builder } from './builder.js';
import { EVERY_KEY } from './cost.js';
import { BadUserInput } from './errors.js';
import { BUCKETS } from './list-lengths.js';

/** How many quantiles may be asked for at once. */
const MAX_QUANTILES = 20;

const Metric = builder.enumType('DistributionMetric', {
  description: 'Of what the distribution is asked for. Times are in whole seconds, rounded down.',
  values: {
    KEY_AGE: { description: 'How long ago each active key was created.' },
    LIFETIME: {
      description:
        'How long each key that authenticates no longer did: until its deletion, or its expiry where that came first.',
    },
    TIME_TO_FIRST_USE: {
      description: 'From the creation of each key that was ever used to its first use.',
    },
    KEYS_PER_ACCOUNT: { description: 'How many active keys each account holds that has ever held one.' },
  } satisfies Record<DistributionMetric, object>,
});

const DistributionBucket = builder.objectRef<Bucket>('DistributionBucket').implement({
  description: 'How many values there are in a range.',
  fields: (t) => ({
    from: t.exposeFloat('from', { description: 'The least value that is in it.' }),
    to: t.exposeFloat('to', { description: 'The least value that is beyond it.' }),
    count: t.int({ description: 'How many values are in it.', resolve: ({ count }) => toInt(count) }),
  }),
});

const QuantileType = builder.objectRef<Quantile>('Quantile').implement({
  description: 'The least value that a part of all values does not exceed: the nearest rank, without interpolation.',
  fields: (t) => ({
    part: t.exposeFloat('part', { description: 'Which part, from 0 to 1.' }),
    value: t.exposeFloat('value', { description: 'The value.' }),
  }),
});

const DistributionType = builder.objectRef<Known<Distribution>>('Distribution').implement({
  description: 'How values are distributed.',
  interfaces: [AnalyticsAnswer],
  fields: (t) => ({
    count: t.int({ description: 'How many values there are.', resolve: ({ count }) => toInt(count) }),
    min: t.exposeFloat('min', { nullable: true, description: 'The least of them; null where there is none.' }),
    max: t.exposeFloat('max', { nullable: true, description: 'The greatest of them; null where there is none.' }),
    mean: t.exposeFloat('mean', { nullable: true, description: 'Their mean; null where there is none.' }),
    buckets: t.expose('buckets', {
      type: [DistributionBucket],
      description: 'How many values are in each range: ranges of one width, from 0 to the one that holds the greatest value.',
    }),
    quantiles: t.expose('quantiles', {
      type: [QuantileType],
      description: 'The quantiles that were asked for, in that order; none where there is no value.',
    }),
  }),
});

builder.objectField(Analytics, 'distribution', (t) =>
  t.field({
    type: DistributionType,
    nullable: true,
    description: 'How something is distributed now.',
    args: {
      metric: t.arg({ type: Metric, description: 'Of what.' }),
      buckets: t.arg.int({
        required: false,
        defaultValue: BUCKETS.defaultSize,
        description: `Into how many ranges at the most, from ${BUCKETS.minSize} to ${BUCKETS.maxSize}; ${BUCKETS.defaultSize} where nothing is said.`,
      }),
      quantiles: t.arg.floatList({
        required: false,
        description: `Which quantiles, at most ${MAX_QUANTILES}, each from 0 to 1: \`[0.5, 0.9]\`. None where nothing is said.`,
      }),
    },
    extensions: { cost: EVERY_KEY },
    resolve: (_, { metric, buckets: given, quantiles: parts }, { analytics }) => {
      const buckets = given ?? BUCKETS.defaultSize;
      const quantiles = parts ?? [];
      if (quantiles.length > MAX_QUANTILES) throw new BadUserInput(`quantiles must be at most ${MAX_QUANTILES}`, ['quantiles']);
      const wrong = quantiles.findIndex((part) => !(part >= 0 && part <= 1));
      if (wrong >= 0) throw new BadUserInput('quantiles must be from 0 to 1', ['quantiles', wrong]);
      return analytics().distribution(metric, { buckets, quantiles });
    },
  }),
);
