import { isLong } from '../support/long.js';
import type { ExploredAll } from './main.js';
import { simulate } from './simulate-apart.js';

const explore = async (...args: string[]) => (await simulate<ExploredAll>(['--exhaustive', ...args])).summary;

it('never makes a third key, takes effect once and refuses truly, in whatever order calls arrive and whichever answer is lost', async () => {
  const { scenarios, interleavings } = await explore(isLong ? '3x1' : '2x1');
  expect({ scenarios, interleavings }).toEqual(
    isLong ? { scenarios: 120, interleavings: 179_292 } : { scenarios: 60, interleavings: 2791 },
  );
}, 3_600_000);

(isLong ? it : it.skip)('leaves out no order by going on once after those that lead to the same state', async () => {
  const [merged, all] = await Promise.all([explore('2x1'), explore('2x1', '--unmerged')]);
  expect(merged).toEqual(all);
});
