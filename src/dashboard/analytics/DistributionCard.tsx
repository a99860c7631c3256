import { useCallback, useMemo } from 'react';
import type { Whole } from '../../client/answer.js';
import { DistributionDocument, type DistributionMetric, type DistributionQuery } from '../../client/gql/graphql.js';
import { present, send } from '../api/send.js';
import { useLoaded } from '../api/use-loaded.js';
import { counted } from '../ui/counted.js';
import { DAY, SECOND } from '../ui/time.js';
import { Card } from './Card.js';
import { Plot } from './Plot.js';

/** How finely to ask. */
const SHAPE = { buckets: 24, quantiles: [0.5, 0.9, 0.99] };

export interface DistributionCardProps {
  title: string;
  name: string;
  /** A metric in seconds. */
  metric: DistributionMetric;
}

type Distribution = NonNullable<Whole<DistributionQuery>['analytics']['distribution']>;

const SECONDS_IN_A_DAY = DAY / SECOND;

const inDays = (seconds: number) => Math.round((seconds / SECONDS_IN_A_DAY) * 10) / 10;

/** The distribution of a time over the keys, in days. */
export function DistributionCard({ title, name, metric }: DistributionCardProps) {
  const load = useCallback(
    async (signal: AbortSignal) =>
      present((await send(DistributionDocument, { metric, ...SHAPE }, { signal })).analytics.distribution),
    [metric],
  );
  return (
    <Card
      title={title}
      name={name}
      loaded={useLoaded(load)}
      truth={(distribution) => distribution}
      sheet={({ buckets }) => ({
        columns: ['From (days)', 'To (days)', 'Keys'],
        rows: buckets.map(({ from, to, count }) => [inDays(from), inDays(to), count]),
      })}
    >
      {(distribution) => <DistributionPlot title={title} distribution={distribution} />}
    </Card>
  );
}

function DistributionPlot({ title, distribution }: { title: string; distribution: Distribution }) {
  const { buckets, count, mean, quantiles } = distribution;
  const x = useMemo(() => buckets.map(({ from }) => from / SECONDS_IN_A_DAY), [buckets]);
  const series = useMemo(() => [{ label: 'Keys', values: buckets.map((bucket) => bucket.count) }], [buckets]);
  const told = [
    counted(count, 'key'),
    ...(mean === null ? [] : [`${inDays(mean)} days on average`]),
    ...quantiles.map(({ part, value }) => `${Math.round(part * 100)} % up to ${inDays(value)} days`),
  ].join(', ');
  return (
    <>
      <p className="hint">{told}.</p>
      {count === 0 && <p className="empty">There are no such keys now.</p>}
      {count > 0 && <Plot summary={`${title}: ${told}.`} x={x} xLabel="Days" series={series} bars />}
    </>
  );
}
