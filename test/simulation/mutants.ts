import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { simulate } from './simulate-apart.js';

/** A change of one place of the code under test that the simulation must find. */
export interface Mutant {
  name: string;
  /** In `src`. */
  file: string;
  from: string;
  to: string;
}

/** The first seed that finds a mutant, and the rule that it breaks there. */
export interface Finding {
  seed: number;
  rule: string;
}

export const MUTANTS: Mutant[] = JSON.parse(readFileSync(join(import.meta.dirname, 'mutants.json'), 'utf8'));

/** Within so many seeds, each mutant must be found. */
const SEEDS = 2000;

/** Runs seeds until one fails. Undefined if none does. */
export async function find({ name }: Mutant): Promise<Finding | undefined> {
  const { summary, text } = await simulate(['--first', '--seeds', String(SEEDS)], { KEYLEDGER_TEST_MUTANT: name });
  const [seed] = summary.failed;
  const rule = /^Seed \d+ fails\. (.+?): /m.exec(text)?.[1];
  return seed === undefined || rule === undefined ? undefined : { seed, rule };
}

/** Prints a table of all mutants, as Markdown. Returns the exit code. */
export async function printFindings(): Promise<number> {
  process.stdout.write('| mutant | seed | broken rule |\n| --- | ---: | --- |\n');
  let isEachFound = true;
  for (const mutant of MUTANTS) {
    const found = await find(mutant);
    isEachFound &&= found !== undefined;
    process.stdout.write(`| ${mutant.name} | ${found ? `${found.seed} | ${found.rule}` : 'none |'} |\n`);
  }
  return isEachFound ? 0 : 1;
}
