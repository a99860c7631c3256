import { useCallback, useMemo } from 'react';
import type { Whole } from '../../client/answer.js';
import { type AnalyticsMetric, TimeSeriesDocument, type TimeSeriesQuery } from '../../client/gql/graphql.js';
import { present, send } from '../api/send.js';
import { useLoaded } from '../api/use-loaded.js';
import type { Sheet } from '../ui/csv.js';
import { Card } from './Card.js';
import { Plot } from './Plot.js';
import type { Range } from './range.js';

/** A metric and its label. */
interface Measure {
  metric: AnalyticsMetric;
  label: string;
}

export interface SeriesCardProps {
  title: string;
  name: string;
  measures: readonly Measure[];
  range: Range;
}

type Series = NonNullable<Whole<TimeSeriesQuery>['analytics']['timeSeries']>;

/** One plot of several time series. */
export function SeriesCard({ title, name, measures, range }: SeriesCardProps) {
  const load = useCallback(
    (signal: AbortSignal) =>
      Promise.all(
        measures.map(async ({ metric }) => {
          const { analytics } = await send(TimeSeriesDocument, { metric, ...range }, { signal });
          return present(analytics.timeSeries);
        }),
      ),
    [measures, range],
  );
  const labels = measures.map(({ label }) => label);
  return (
    <Card
      title={title}
      name={name}
      loaded={useLoaded(load)}
      truth={([first]) => ({ at: first?.at ?? '', position: first?.position ?? '' })}
      sheet={(all) => sheetOf(labels, all)}
    >
      {(all) => <SeriesPlot title={title} labels={labels} all={all} timeZone={range.timeZone} />}
    </Card>
  );
}

interface SeriesPlotProps {
  title: string;
  labels: string[];
  all: Series[];
  timeZone: string;
}

function SeriesPlot({ title, labels, all, timeZone }: SeriesPlotProps) {
  const x = useMemo(() => all[0]?.points.map(({ start }) => Date.parse(start) / 1000) ?? [], [all]);
  const series = useMemo(
    () => all.map(({ points }, index) => ({ label: labels[index] ?? '', values: points.map(({ value }) => value) })),
    [all],
  );
  const last = series.map(({ label, values }) => `${label}: ${values.at(-1)?.toLocaleString('en')} at last`).join('; ');
  return <Plot summary={`${title}, ${x.length} intervals. ${last}.`} x={x} timeZone={timeZone} xLabel="From" series={series} />;
}

/** The table of the series. An interval that began after the answer of a series counts as 0 in it. */
function sheetOf(labels: string[], all: Series[]): Sheet {
  const [first] = all;
  const rows = first?.points.map(({ local }, row) => [local, ...all.map(({ points }) => points[row]?.value ?? 0)]) ?? [];
  return { columns: ['From', ...labels], rows };
}
