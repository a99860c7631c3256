import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { rounds } from '../support/long.js';
import { sharesOf } from './many.js';
import { simulate } from './simulate-apart.js';
import { NOTHING, type Summary, sum } from './summary.js';

const [USUAL, LONG] = [5, 800];
const SEEDS = rounds(USUAL, LONG);
const PAGE = join(import.meta.dirname, '../../docs/explanation/simulation.md');

it('keeps every promise in a simulated world, whatever fails', async () => {
  const { text, summary } = await simulate(['--processes', '2', '--seeds', String(SEEDS)]);
  if (summary.failed.length > 0) throw new Error(text);
  expect(summary.seeds).toBe(SEEDS);
}, 3_600_000);

it('runs as many seeds as its page says', () => {
  const said = `\`npm test\` runs ${USUAL} seeds, and with \`KEYLEDGER_TEST_LONG=1\` ${LONG.toLocaleString('en')}.`;
  expect(readFileSync(PAGE, 'utf8')).toContain(said);
});

it('plays a seed the same way each time', async () => {
  const [one, same, other] = await Promise.all(['7', '7', '8'].map((seed) => simulate(['--seed', seed])));
  expect(one?.summary).toEqual(same?.summary);
  expect(one?.summary.trace).not.toBe(other?.summary.trace);
});

it('plays a seed the same way alone and after others', async () => {
  const [both, ...each] = await Promise.all(
    [
      ['7', '2'],
      ['7', '1'],
      ['8', '1'],
    ].map(playedFrom),
  );
  // Fingerprints are of all seeds in a run together.
  expect({ ...both, trace: '' }).toEqual({ ...each.reduce(sum, NOTHING), trace: '' });
});

async function playedFrom([from = '', seeds = '']: string[]): Promise<Summary> {
  return (await simulate(['--from', from, '--seeds', seeds])).summary;
}

it.each([
  [5, 4, [2, 1, 1, 1]],
  [3, 4, [1, 1, 1]],
  [7, 2, [4, 3]],
])('runs each of %d seeds once in %d processes', (seeds, processes, sizes) => {
  const shares = sharesOf({ from: 11, seeds }, processes);
  expect(shares.map((share) => share.seeds).toSorted((a, b) => b - a)).toEqual(sizes);
  const run = shares.flatMap((share) => Array.from({ length: share.seeds }, (_, index) => share.from + index));
  expect(run).toEqual(Array.from({ length: seeds }, (_, index) => 11 + index));
});

it('refuses to run no seed at all', async () => {
  await expect(simulate(['--seeds=-1'])).rejects.toThrow('--seeds needs whole numbers, and not "-1".');
});
