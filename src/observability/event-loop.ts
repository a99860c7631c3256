import { createHistogram, type RecordableHistogram } from 'node:perf_hooks';
import { Gauge, type Registry } from 'prom-client';
import { beat } from '../shared/beat.js';

/** How often prom-client is to sample for its own figures, which are replaced, in milliseconds: as seldom as a timer can. */
export const UNUSED_INTERVAL = 2 ** 31 - 1;

/** The name of each figure, how the figures of several processes are combined, and its value in nanoseconds. */
const FIGURES = [
  { name: 'min', help: 'The minimum', aggregator: 'min', of: ({ min }) => min },
  { name: 'max', help: 'The maximum', aggregator: 'max', of: ({ max }) => max },
  { name: 'mean', help: 'The mean', aggregator: 'average', of: ({ mean }) => mean },
  { name: 'stddev', help: 'The standard deviation', aggregator: 'average', of: ({ stddev }) => stddev },
  { name: 'p50', help: 'The 50th percentile', aggregator: 'average', of: (delays) => delays.percentile(50) },
  { name: 'p90', help: 'The 90th percentile', aggregator: 'average', of: (delays) => delays.percentile(90) },
  { name: 'p99', help: 'The 99th percentile', aggregator: 'average', of: (delays) => delays.percentile(99) },
] satisfies {
  name: string;
  help: string;
  aggregator: 'average' | 'min' | 'max';
  of: (delays: RecordableHistogram) => number;
}[];

/**
 * Reports the delay of the event loop since the last scrape, under prom-client's names and in place of its figures. Those contain the
 * interval between two samples, and to sample every 10 ms, as prom-client does, is most of what an idle process does. Here each beat of the
 * process is a sample: how late it is.
 * @returns a function that ends the measurement
 */
export function watchEventLoop(registry: Registry): () => void {
  const delays = createHistogram();
  // The histogram takes no zero.
  const end = beat.listen((late) => delays.record(Math.max(1, Math.round(late * 1e6))), { isAwaited: false });
  const collect = () => {
    // Two scrapes may come between two beats.
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
  return end;
}
