import { AggregatorRegistry, type Registry } from 'prom-client';
import { z } from 'zod';

const VALUE = z.object({
  value: z.number(),
  labels: z.record(z.string(), z.union([z.string(), z.number()])),
  metricName: z.string().optional(),
});

const METRIC = z.object({
  name: z.string(),
  help: z.string(),
  type: z.enum(['counter', 'gauge', 'histogram']),
  aggregator: z.enum(['sum', 'min', 'max', 'first', 'omit']),
  values: z.array(VALUE),
});

/** The metrics of one process, as they are sent to another. */
export const FIGURES = z.array(METRIC);
export type Figures = z.output<typeof FIGURES>;

const DESCRIBED = METRIC.pick({ name: true, help: true, type: true }).extend({ labelNames: z.array(z.string()) });

/** What a metric means, without its values. */
export type DescribedMetric = z.output<typeof DESCRIBED>;

/** What each metric means, but for the standard ones of Node. */
export function describedIn(registry: Registry): DescribedMetric[] {
  const ours = registry.getMetricsAsArray().filter(({ name }) => name.startsWith('keyledger_'));
  return ours.map((metric) => DESCRIBED.parse(metric));
}

/**
 * What one process adds. Of event loops that are late, the worst counts, where an average would hide it; a figure that nothing
 * was measured for is left out, for it is not a number.
 */
export async function figuresOf(registry: Registry): Promise<Figures> {
  const metrics = await registry.getMetricsAsJSON();
  return FIGURES.parse(
    metrics.map(({ aggregator, values, ...metric }) => ({
      ...metric,
      aggregator: aggregator === 'average' ? 'max' : aggregator,
      values: values.filter(({ value }) => Number.isFinite(value)),
    })),
  );
}

/** The figures of several processes as if they were of one, in Prometheus' text format. */
export function expositionOf(figures: Figures[]): Promise<string> {
  return AggregatorRegistry.aggregate(figures).metrics();
}

/** What only ever grows, added up: what is left to tell of processes that are gone. */
export function totalOf(figures: Figures[]): Figures {
  const sum = AggregatorRegistry.aggregate(figures.map((metrics) => metrics.filter(({ type }) => type !== 'gauge')));
  return FIGURES.parse(sum.getMetricsAsArray());
}
