import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { isLong } from '../support/long.js';
import { simulate } from './simulate-apart.js';

const MUTANTS: { name: string; file: string; from: string }[] = JSON.parse(
  readFileSync(join(import.meta.dirname, 'mutants.json'), 'utf8'),
);

const SOURCE = join(import.meta.dirname, '../../src');

/** Within so many seeds, each mutant must be found. */
const SEEDS = 2000;

it.each(MUTANTS)('changes one place of the code as it is: $name', ({ file, from }) => {
  expect(readFileSync(join(SOURCE, file), 'utf8').split(from)).toHaveLength(2);
});

const each = isLong ? it : it.skip;

each.each(MUTANTS)(
  'finds the mutant: $name',
  async ({ name }) => {
    const { summary } = await simulate(['--first', '--seeds', String(SEEDS)], { KEYLEDGER_TEST_MUTANT: name });
    expect(summary.failed).toHaveLength(1);
  },
  3_600_000,
);
