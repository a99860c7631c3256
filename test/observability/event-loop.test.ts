import { setTimeout as delay } from 'node:timers/promises';
import { Metrics } from '../../src/observability/metrics.js';

/** The interval of the samples, in seconds. */
const INTERVAL = 0.1;

const metrics = new Metrics({ version: '1.0.0', commit: 'unknown' });

/** A figure of the delay, in seconds. Each look begins a new measurement. */
async function figure(name: string, of = metrics): Promise<number> {
  const figures = await of.figures();
  const [{ value } = { value: Number.NaN }] =
    figures.find((one) => one.name === `nodejs_eventloop_lag_${name}_seconds`)?.values ?? [];
  return value;
}

/** Looks until the figure is as wanted. The loop of a busy machine is late, and a sample may not have been taken yet. */
async function until(name: string, isWanted: (seconds: number) => boolean, before = () => {}): Promise<void> {
  for (;;) {
    before();
    await delay(1000 * INTERVAL);
    if (isWanted(await figure(name))) return;
  }
}

function block(seconds: number): void {
  const end = performance.now() + 1000 * seconds;
  while (performance.now() < end);
}

describe('the delay of the event loop', () => {
  it.each(['min', 'mean', 'p50', 'p90', 'p99', 'max'])('does not contain the interval of the samples: %s', async (name) => {
    await until(name, (seconds) => seconds < INTERVAL / 2);
  });

  it('shows what blocks the loop', async () => {
    for (const name of ['max', 'p99'])
      await until(
        name,
        (seconds) => seconds > 2 * INTERVAL,
        () => block(4 * INTERVAL),
      );
  });

  it('is measured no more once the metrics are stopped', async () => {
    const stopped = new Metrics({ version: '1.0.0', commit: 'unknown' });
    stopped.stop();
    await until('max', (seconds) => seconds > 0);
    expect(await figure('max', stopped)).toBe(0);
  });
});
