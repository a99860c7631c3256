import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { z } from 'zod';

const VALUES = z.record(z.string(), z.number());
const GOAL = z.union([z.object({ atLeast: z.number() }), z.object({ atMost: z.number() })]);

/** `Findings`, as they come from another process or from a file. */
export const FINDINGS = z.object({
  figures: VALUES,
  ratios: VALUES,
  goals: z.record(z.string(), GOAL),
  notes: z.array(z.string()).default([]),
});

/** What a benchmark has found, and where and when. */
const RESULT = z.object({
  at: z.iso.datetime(),
  commit: z.string(),
  machine: z.string(),
  node: z.string(),
  ...FINDINGS.shape,
});
const RESULTS = z.record(z.string(), RESULT);

export type Result = z.infer<typeof RESULT>;
/** The last result of each benchmark, by its name. */
export type Results = z.infer<typeof RESULTS>;

export function readResults(file: string): Results {
  return existsSync(file) ? RESULTS.parse(JSON.parse(readFileSync(file, 'utf8'))) : {};
}

export function writeResults(file: string, results: Results): void {
  writeFileSync(file, `${JSON.stringify(results, null, 2)}\n`);
}
