import { rm } from 'node:fs/promises';
import { join } from 'node:path';
import type { Replayed } from './replay-worker.js';
import { type Answered, askBoth } from './support/analysts.js';
import { type Bench, interleave, median, ratio } from './support/bench.js';
import { startChild } from './support/child.js';
import { inTemporaryDirectory } from './support/temporary.js';
import { writeYear } from './support/year.js';

const EVENTS = 1_000_000;
const ACCOUNTS = 10_000;
/** One, and one to warm up: to fill everything takes a minute or two. */
const ROUNDS = 1;

/** A year by the day over a million events, against DuckDB; and how fast all projections together are filled from these events. */
export const analytics: Bench = () =>
  inTemporaryDirectory(async (directory) => {
    writeYear(join(directory, 'events.db'), { events: EVENTS, accounts: ACCOUNTS });
    const milliseconds = await interleave(ROUNDS, {
      scan: async () => (await run('scan', directory)).milliseconds,
      fill: async () => {
        const files = ['projections.db', 'analytics.db'].flatMap((file) => ['', '-wal', '-shm'].map((suffix) => file + suffix));
        await Promise.all(files.map((file) => rm(join(directory, file), { force: true })));
        return (await run('fillAll', directory)).milliseconds;
      },
    });
    const answered = await askBoth(directory);
    const [scan, fill] = [milliseconds.scan, milliseconds.fill].map((times) => times.map((time) => (1000 * EVENTS) / time));
    return {
      figures: {
        scanPerSecond: median(scan ?? []),
        fillAllPerSecond: median(fill ?? []),
        ...medians(answered),
      },
      ratios: {
        fillAllToScan: ratio(fill ?? [], scan ?? []),
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

function medians(answered: Answered): Record<string, number> {
  return Object.fromEntries(Object.entries(answered).map(([name, times]) => [`${name}Milliseconds`, median(times)]));
}

async function run(task: string, ...args: string[]): Promise<Replayed> {
  const worker = startChild<object, Replayed>(new URL('./replay-worker.js', import.meta.url), task, ...args);
  try {
    return await worker.ask({});
  } finally {
    await worker.stop();
  }
}
