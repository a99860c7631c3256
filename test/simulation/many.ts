import { readFileSync } from 'node:fs';
import { simulate } from './simulate-apart.js';
import { NOTHING, type Summary, sum, summaryIn } from './summary.js';

/** Runs the seeds in several processes at once, a share in each. Prints the failures, and the sum as JSON. Returns the exit code. */
export async function runInProcesses(processes: number, from: number, seeds: number): Promise<number> {
  const share = Math.ceil(seeds / processes);
  const starts = Array.from({ length: processes }, (_, index) => from + index * share);
  const runs = await Promise.all(
    starts.map((start) => simulate(['--from', String(start), '--seeds', String(Math.min(share, from + seeds - start))])),
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
