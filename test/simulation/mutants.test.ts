import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { itWhenLong } from '../support/long.js';
import { find, MUTANTS } from './mutants.js';

const SOURCE = join(import.meta.dirname, '../../src');

it.each(MUTANTS)('changes one place of the code as it is: $name', ({ file, from }) => {
  expect(readFileSync(join(SOURCE, file), 'utf8').split(from)).toHaveLength(2);
});

itWhenLong.each(MUTANTS)(
  'finds the mutant: $name',
  async (mutant) => {
    expect(await find(mutant)).toBeDefined();
  },
  3_600_000,
);
