import { readFileSync } from 'node:fs';
import { simulate } from './simulate-apart.js';
import { NOTHING, type Summary, sum, summaryIn } from './summary.js';

/** Some seeds in a row. */
export interface Share {
  from: number;
  seeds: number;
}

/** Divides the seeds among so many processes, or fewer: each has at least one, and none has two more than another. */
export function sharesOf({ from, seeds }: Share, processes: number): Share[] {
  const count = Math.min(processes, seeds);
  const starts = Array.from({ length: count + 1 }, (_, index) => from + Math.floor((index * seeds) / count));
  return starts.slice(0, -1).map((start, index) => ({ from: start, seeds: (starts[index + 1] ?? start) - start }));
}

/** Runs the seeds in several processes at once, a share in each. Prints the failures, and the sum as JSON. Returns the exit code. */
export async function runInProcesses(processes: number, all: Share): Promise<number> {
  const runs = await Promise.all(
    sharesOf(all, processes).map(({ from, seeds }) => simulate(['--from', String(from), '--seeds', String(seeds)])),
  );
  for (const { text, summary } of runs) if (summary.failed.length > 0) process.stdout.write(text);
  return print(runs.map(({ summary }) => summary));
}

/** Prints the sum of what earlier runs have printed into these files. */
export function printSum(files: string[]): number {
  return print(
    files.map((file) => {
      const summary = summaryIn(readFileSync(file, 'utf8'));
      if (!summary) throw new Error(`${file} does not end in a summary.`);
      return summary;
    }),
  );
}

function print(summaries: Summary[]): number {
  const all = summaries.reduce(sum, NOTHING);
  process.stdout.write(`${JSON.stringify(all, undefined, 2)}\n`);
  return all.failed.length > 0 ? 1 : 0;
}
