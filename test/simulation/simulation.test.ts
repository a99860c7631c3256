import { rounds } from '../support/long.js';
import { simulate } from './simulate-apart.js';

/** How many seeds each of two processes runs. */
const SEEDS = rounds(20, 1000);

it('keeps every promise in a simulated world, whatever fails', async () => {
  const parts = [1, 1 + SEEDS].map((from) => simulate(['--from', String(from), '--seeds', String(SEEDS)]));
  for (const { text, summary } of await Promise.all(parts)) if (summary.failed.length > 0) throw new Error(text);
}, 3_600_000);

it('plays a seed the same way each time', async () => {
  const [one, same, other] = await Promise.all(['7', '7', '8'].map((seed) => simulate(['--seed', seed])));
  expect(one?.summary).toEqual(same?.summary);
  expect(one?.summary.trace).not.toBe(other?.summary.trace);
});
