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

/** The metrics of one process, in the form in which they are sent to another. */
export const FIGURES = z.array(METRIC);
export type Figures = z.output<typeof FIGURES>;

const DESCRIBED = METRIC.pick({ name: true, help: true, type: true }).extend({ labelNames: z.array(z.string()) });

/** A metric's description, without its values. */
export type DescribedMetric = z.output<typeof DESCRIBED>;

/** Describes each metric, except the standard ones of Node. */
export function describedIn(registry: Registry): DescribedMetric[] {
  const ours = registry.getMetricsAsArray().filter(({ name }) => name.startsWith('keyledger_'));
  return ours.map((metric) => DESCRIBED.parse(metric));
}

/**
 * The figures of one process. For event-loop delays, several processes are combined by the maximum, since an average would hide the worst.
 * A figure without a measurement is left out, because it is not a number.
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

/** Combines the figures of several processes, in Prometheus' text format. */
export function expositionOf(figures: Figures[]): Promise<string> {
  return AggregatorRegistry.aggregate(figures).metrics();
}

/** Sums up the counters. This is what is kept for processes that have ended. */
export function totalOf(figures: Figures[]): Figures {
  const sum = AggregatorRegistry.aggregate(figures.map((metrics) => metrics.filter(({ type }) => type !== 'gauge')));
  return FIGURES.parse(sum.getMetricsAsArray());
}
