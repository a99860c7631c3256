import { type IntervalHistogram, monitorEventLoopDelay } from 'node:perf_hooks';
import { Gauge, type Registry } from 'prom-client';

/** How often the delay is sampled, in milliseconds. Every 10 ms, prom-client's choice, is most of what an idle process does. */
const INTERVAL = 50;

/** How often prom-client is to sample for its own figures, which are replaced, in milliseconds: as seldom as a timer can. */
export const UNUSED_INTERVAL = 2 ** 31 - 1;

/** How one figure is called, how those of several processes are combined, and its value in nanoseconds. */
const FIGURES = [
  { name: 'min', help: 'The minimum', aggregator: 'min', of: ({ min }) => withoutInterval(min) },
  { name: 'max', help: 'The maximum', aggregator: 'max', of: ({ max }) => withoutInterval(max) },
  { name: 'mean', help: 'The mean', aggregator: 'average', of: ({ mean }) => withoutInterval(mean) },
  { name: 'stddev', help: 'The standard deviation', aggregator: 'average', of: ({ stddev }) => stddev },
  { name: 'p50', help: 'The 50th percentile', aggregator: 'average', of: (delays) => withoutInterval(delays.percentile(50)) },
  { name: 'p90', help: 'The 90th percentile', aggregator: 'average', of: (delays) => withoutInterval(delays.percentile(90)) },
  { name: 'p99', help: 'The 99th percentile', aggregator: 'average', of: (delays) => withoutInterval(delays.percentile(99)) },
] satisfies { name: string; help: string; aggregator: 'average' | 'min' | 'max'; of: (delays: IntervalHistogram) => number }[];

/**
 * Reports the delay of the event loop since the last scrape, under prom-client's names and in place of its figures. Those contain the
 * interval between two samples, since Node's histogram records the time since the last sample. These are about zero in an idle process.
 */
export function watchEventLoop(registry: Registry): void {
  const delays = monitorEventLoopDelay({ resolution: INTERVAL });
  delays.enable();
  const collect = () => {
    // Two scrapes may come within one interval.
    if (delays.count === 0) return;
    for (const { gauge, of } of gauges) gauge.set(of(delays) / 1e9);
    delays.reset();
  };
  const gauges = FIGURES.map(({ name, help, aggregator, of }) => {
    const fullName = `nodejs_eventloop_lag_${name}_seconds`;
    registry.removeSingleMetric(fullName);
    const text = `${help} of the delays of the event loop since the last scrape.`;
    return { of, gauge: new Gauge({ name: fullName, help: text, aggregator, registers: [registry], collect }) };
  });
}

function withoutInterval(nanoseconds: number): number {
  return Math.max(0, nanoseconds - INTERVAL * 1e6);
}
