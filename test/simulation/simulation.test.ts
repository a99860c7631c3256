import { rounds } from '../support/long.js';
import { simulate } from './simulate-apart.js';

const SEEDS = rounds(10, 2000);

it('keeps every promise in a simulated world, whatever fails', async () => {
  const { text, summary } = await simulate(['--processes', '2', '--seeds', String(SEEDS)]);
  if (summary.failed.length > 0) throw new Error(text);
  expect(summary.seeds).toBe(SEEDS);
}, 3_600_000);

it('plays a seed the same way each time', async () => {
  const [one, same, other] = await Promise.all(['7', '7', '8'].map((seed) => simulate(['--seed', seed])));
  expect(one?.summary).toEqual(same?.summary);
  expect(one?.summary.trace).not.toBe(other?.summary.trace);
});
