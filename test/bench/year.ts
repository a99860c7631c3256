import { statSync } from 'node:fs';
import { readdir, rm } from 'node:fs/promises';
import { join } from 'node:path';
import Database from '../../src/shared/sqlite.js';
import type { Bench } from './support/bench.js';
import { runChild } from './support/child.js';
import { startUp } from './support/start-up.js';
import { inTemporaryDirectory } from './support/temporary.js';

const [KEYS, DAYS] = [1000, 365];

/** Measures a year of 1,000 busy keys: 364 days that are totalled, and one with all its records, one every ten seconds. */
export const year: Bench = () =>
  inTemporaryDirectory(async (directory) => {
    const file = (name: string) => join(directory, name);
    const totalled = await run('totals', directory, DAYS - 1);
    const bytesOfTotals = usedBytes(file('events.db'));
    const lastDay = await run('day', directory, DAYS - 1);
    const bytes = statSync(file('events.db')).size;
    const filled = await startUp(directory, 'filled');
    for (const name of await readdir(directory)) {
      if (/^(keys|projections|analytics)\.db/.test(name)) await rm(file(name));
    }
    const rebuilt = await startUp(directory, 'filled');
    const started = await startUp(directory, 'filled');
    return {
      figures: {
        secondsOfTotals: totalled / 1000,
        secondsOfDay: lastDay / 1000,
        logMegabytesOfTotals: bytesOfTotals / 1e6,
        logMegabytes: bytes / 1e6,
        keysMegabytes: statSync(file('keys.db')).size / 1e6,
        projectionsMegabytes: statSync(file('projections.db')).size / 1e6,
        analyticsMegabytes: statSync(file('analytics.db')).size / 1e6,
        firstStartPeakMegabytes: filled.megabytes,
        rebuildSeconds: rebuilt.milliseconds / 1000,
        rebuildPeakMegabytes: rebuilt.megabytes,
        rebuildLongestBlockMilliseconds: rebuilt.longestBlock,
        startSeconds: started.milliseconds / 1000,
        startPeakMegabytes: started.megabytes,
      },
      ratios: {
        bytesOfKeyAndDayToLimitOf200: bytesOfTotals / KEYS / (DAYS - 1) / 200,
        rebuildPeakToLimitOf400Megabytes: rebuilt.megabytes / 400,
      },
      goals: { bytesOfKeyAndDayToLimitOf200: { atMost: 1 }, rebuildPeakToLimitOf400Megabytes: { atMost: 1 } },
    };
  });

/** The size of the pages that are in use. */
function usedBytes(file: string): number {
  const database = new Database(file, { readonly: true });
  const pragma = (name: string) => Number(database.pragma(name, { simple: true }));
  const bytes = (pragma('page_count') - pragma('freelist_count')) * pragma('page_size');
  database.close();
  return bytes;
}

/** Returns milliseconds. */
function run(task: string, directory: string, days: number): Promise<number> {
  return runChild(new URL('./year-worker.js', import.meta.url), task, directory, String(days), String(KEYS));
}
