import { join } from 'node:path';
import type { Replayed } from './replay-worker.js';
import { askBoth } from './support/analysts.js';
import { type Bench, medians, ratio } from './support/bench.js';
import { runChild } from './support/child.js';
import { inTemporaryDirectory } from './support/temporary.js';
import { writeYear } from './support/year.js';

const EVENTS = 1_000_000;
const ACCOUNTS = 10_000;

/** Measures queries by day over a year of a million events, against DuckDB; and how fast all projections together are filled from them. */
export const analytics: Bench = () =>
  inTemporaryDirectory(async (directory) => {
    writeYear(join(directory, 'events.db'), { events: EVENTS, accounts: ACCOUNTS });
    // Runs each once: filling everything takes minutes, so other load on the machine evens out.
    const [scan, fill] = [await run('scan', directory), await run('fillAll', directory)].map(perSecond);
    const answered = await askBoth(directory);
    return {
      figures: {
        scanPerSecond: scan ?? Number.NaN,
        fillAllPerSecond: fill ?? Number.NaN,
        ...medians(answered, 'Milliseconds'),
      },
      ratios: {
        fillAllToScan: (fill ?? Number.NaN) / (scan ?? Number.NaN),
        createdToDuckDb: ratio(answered.created, answered.duckDbCreated),
        activeToDuckDb: ratio(answered.active, answered.duckDbActive),
      },
      goals: {
        fillAllToScan: { atLeast: 0.1 },
        createdToDuckDb: { atMost: 1 },
        activeToDuckDb: { atMost: 1 },
      },
    };
  });

function perSecond({ milliseconds }: Replayed): number {
  return (1000 * EVENTS) / milliseconds;
}

function run(task: string, ...args: string[]): Promise<Replayed> {
  return runChild(new URL('./replay-worker.js', import.meta.url), task, ...args);
}
