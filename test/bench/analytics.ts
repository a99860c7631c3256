import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { DATA_FILE } from '../../src/shared/data-files.js';
import type { Replayed } from './replay-worker.js';
import { askBoth } from './support/analysts.js';
import { type Bench, medians, ratio } from './support/bench.js';
import { runChild } from './support/child.js';
import { inTemporaryDirectory } from './support/temporary.js';
import { writeYear } from './support/year.js';

/** `KEYLEDGER_BENCH_EVENTS` asks for fewer, to try it out. */
const EVENTS = Number(process.env.KEYLEDGER_BENCH_EVENTS ?? 1_000_000);
const ACCOUNTS = EVENTS / 100;
/** Events that create a key, every other one, have 250,000 bytes. */
const LARGE = { events: EVENTS / 500, accounts: 20, scopes: ['x'.repeat(250_000)] };
const FILES = [DATA_FILE.keys, DATA_FILE.projections, DATA_FILE.analytics];

/** Measures queries by day over a year of a million events, against DuckDB; and how fast all projections together are filled from them. */
export const analytics: Bench = () =>
  inTemporaryDirectory(async (parent) => {
    const [directory, large] = [join(parent, 'year'), join(parent, 'large')];
    mkdirSync(directory);
    mkdirSync(large);
    writeYear(join(directory, 'events.db'), { events: EVENTS, accounts: ACCOUNTS });
    // Runs each once: filling everything takes minutes, so other load on the machine evens out.
    const [scan, fill] = [await run('scan', directory), await run('fill', directory, ...FILES)];
    const answered = await askBoth(directory);
    writeYear(join(large, 'events.db'), LARGE);
    const fillOfLarge = await run('fill', large, ...FILES);
    return {
      figures: {
        scanPerSecond: perSecond(scan),
        fillAllPerSecond: perSecond(fill),
        fillAllPeakMegabytes: fill.megabytes,
        fillAllOfLargePeakMegabytes: fillOfLarge.megabytes,
        ...medians(answered, 'Milliseconds'),
      },
      ratios: {
        fillAllToScan: perSecond(fill) / perSecond(scan),
        fillAllPeakToLimitOf400Megabytes: fill.megabytes / 400,
        fillAllOfLargePeakToLimitOf400Megabytes: fillOfLarge.megabytes / 400,
        createdToDuckDb: ratio(answered.created, answered.duckDbCreated),
        activeToDuckDb: ratio(answered.active, answered.duckDbActive),
      },
      goals: {
        fillAllToScan: { atLeast: 0.1 },
        fillAllPeakToLimitOf400Megabytes: { atMost: 1 },
        fillAllOfLargePeakToLimitOf400Megabytes: { atMost: 1 },
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
