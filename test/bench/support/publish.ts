import { fork } from 'node:child_process';
import { once } from 'node:events';
import { writeFileSync } from 'node:fs';
import { commitNow, machine } from './machine.js';
import { FINDINGS, type Result, readResults, writeResults } from './results.js';
import { resultsPage } from './results-page.js';

/** npm runs the benchmarks in the project's directory. */
const PAGE = 'docs/reference/benchmarks.md';
const RESULTS = 'docs/reference/benchmarks.json';

/**
 * Runs each benchmark in a process of its own, and writes its result into the reference at once. What the reference has of a benchmark
 * stays if it fails, or if nothing could be measured.
 * @returns false if a benchmark failed
 */
export async function publish(names: string[]): Promise<boolean> {
  const failed: string[] = [];
  const skipped: string[] = [];
  for (const name of names) {
    process.stdout.write(`\n${name}\n\n`);
    const result = await run(name);
    if (!result) failed.push(name);
    else if (Object.keys(result.figures).length === 0) skipped.push(name);
    else writeResults(RESULTS, { ...readResults(RESULTS), [name]: result });
    writeFileSync(PAGE, resultsPage(readResults(RESULTS)));
  }
  if (skipped.length > 0) process.stderr.write(`SKIPPED: ${skipped.join(', ')}. The reasons are above.\n`);
  if (failed.length > 0) process.stderr.write(`FAILED: ${failed.join(', ')}. The reasons are above.\n`);
  return failed.length === 0;
}

/** Undefined if it failed. Standard error says why. */
async function run(name: string): Promise<Result | undefined> {
  const commit = commitNow(PAGE, RESULTS);
  const child = fork(new URL('../run.js', import.meta.url), [name]);
  let found: unknown;
  child.once('message', (message) => {
    found = message;
  });
  const [exitCode] = await once(child, 'exit');
  if (exitCode !== 0) return undefined;
  const { data: findings, error } = FINDINGS.safeParse(found);
  if (!findings) {
    process.stderr.write(`${name} has found what cannot be written: ${error.message}\n`);
    return undefined;
  }
  const { node } = process.versions;
  return {
    at: new Date().toISOString(),
    commit,
    machine: machine(),
    node,
    ...findings,
    notes: [...findings.notes, ...trialNotes()],
  };
}

/** A note that the sizes were changed, so that nobody takes a trial for a measurement. */
function trialNotes(): string[] {
  const changed = Object.entries(process.env).filter(([name]) => name.startsWith('KEYLEDGER_BENCH_'));
  return changed.length > 0 ? [`A trial, no measurement: ${changed.map((pair) => `\`${pair.join('=')}\``).join(', ')}.`] : [];
}
