import { DATA_FILE } from '../../src/shared/data-files.js';
import type { Replayed } from './replay-worker.js';
import { type Bench, interleave, median, ratio } from './support/bench.js';
import { runChild } from './support/child.js';
import { writeLog } from './support/history.js';
import { startUp } from './support/start-up.js';
import { inTemporaryDirectory } from './support/temporary.js';

/** `KEYLEDGER_BENCH_EVENTS` asks for fewer, to try it out. */
const EVENTS = Number(process.env.KEYLEDGER_BENCH_EVENTS ?? 1_000_000);
const ROUNDS = 3;

/** Measures how fast the keys projection is filled from a million events, its memory, and how soon a filled one is ready. */
export const replay: Bench = () =>
  inTemporaryDirectory(async (directory) => {
    writeLog(directory, EVENTS);
    const memory: number[] = [];
    const milliseconds = await interleave(ROUNDS, {
      scan: async () => (await run('scan', directory)).milliseconds,
      fill: async () => {
        const { milliseconds, megabytes } = await run('fill', directory, DATA_FILE.keys);
        memory.push(megabytes);
        return milliseconds;
      },
      start: async () => (await startUp(directory, 'ready')).milliseconds,
    });
    const perSecond = (times: number[]) => times.map((time) => (1000 * EVENTS) / time);
    const [scan, fill] = [perSecond(milliseconds.scan), perSecond(milliseconds.fill)];
    const peakMegabytes = Math.max(...memory);
    return {
      figures: {
        scanPerSecond: median(scan),
        fillPerSecond: median(fill),
        fillPeakMegabytes: peakMegabytes,
        startToReadyMilliseconds: median(milliseconds.start),
      },
      ratios: { fillToScan: ratio(fill, scan), fillPeakToLimitOf300Megabytes: peakMegabytes / 300 },
      goals: { fillToScan: { atLeast: 0.3 }, fillPeakToLimitOf300Megabytes: { atMost: 1 } },
    };
  });

function run(task: string, ...args: string[]): Promise<Replayed> {
  return runChild(new URL('./replay-worker.js', import.meta.url), task, ...args);
}
