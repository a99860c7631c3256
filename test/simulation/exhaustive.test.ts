import { fewUnlessLong } from '../support/long.js';
import type { ExploredAll } from './main.js';
import { simulate } from './simulate-apart.js';

const explore = async (...args: string[]) => (await simulate<ExploredAll>(['--exhaustive', ...args])).summary;

const SIZES: [size: string, scenarios: number, interleavings: number][] = [
  ['2x1', 108, 8098],
  ['3x1', 360, 2_237_319],
  ['2x2', 1584, 1_150_023],
];

it.each(fewUnlessLong(1, SIZES))(
  'never makes a third key, takes effect once and refuses truly, in whatever order calls arrive and whichever answer is lost: %s',
  async (size, scenarios, interleavings) => {
    expect(await explore(size)).toMatchObject({ scenarios, interleavings });
  },
  3_600_000,
);

it('leaves out no order by going on once after those that lead to the same state', async () => {
  const [merged, all] = await Promise.all([explore('2x1'), explore('2x1', '--unmerged')]);
  expect(merged).toEqual(all);
});
