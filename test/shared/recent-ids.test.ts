import { RecentIds } from '../../src/shared/recent-ids.js';

it('remembers as many ids as it should, and forgets older ones', () => {
  const ids = new RecentIds(3);
  expect(['a', 'b', 'c', 'd'].map((id) => ids.add(id))).toEqual([true, true, true, true]);
  expect(['b', 'c', 'd'].map((id) => ids.add(id))).toEqual([false, false, false]);
  expect(['e', 'f', 'g', 'a'].map((id) => ids.add(id))).toEqual([true, true, true, true]);
});
