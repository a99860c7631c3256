import { setImmediate as nextTurn } from 'node:timers/promises';
import { atEndOfTurn } from '../../../src/http/programs/at-end-of-turn.js';

/** Counts the runs: each ends before its first microtask. */
function counted() {
  const runs: number[][] = [];
  let isRunning = false;
  const add = atEndOfTurn((item: number) => {
    if (!isRunning) {
      isRunning = true;
      queueMicrotask(() => {
        isRunning = false;
      });
      runs.push([]);
    }
    runs.at(-1)?.push(item);
  });
  return { runs, add };
}

it('does the work for all that arrives in a turn in one run, in the order of arrival', async () => {
  const { runs, add } = counted();
  add(1);
  await Promise.resolve();
  add(2);
  await new Promise(process.nextTick);
  add(3);
  expect(runs).toEqual([]);
  await nextTurn();
  add(4);
  await nextTurn();
  expect(runs).toEqual([[1, 2, 3], [4]]);
});

it('lets other work run after some hundreds, and forgets none', async () => {
  const { runs, add } = counted();
  const items = Array.from({ length: 1050 }, (_, index) => index);
  for (const item of items) add(item);
  while (runs.flat().length < items.length) {
    const before = runs.length;
    await nextTurn();
    expect(runs.length - before).toBeLessThanOrEqual(1);
  }
  expect(runs.flat()).toEqual(items);
  expect(runs.length).toBeGreaterThan(2);
});

it('does what arrives during the work in the next turn', async () => {
  const seen: number[] = [];
  const add = atEndOfTurn((item: number) => {
    seen.push(item);
    if (item < 3) add(item + 1);
  });
  add(1);
  for (const expected of [[1], [1, 2], [1, 2, 3], [1, 2, 3]]) {
    await nextTurn();
    expect(seen).toEqual(expected);
  }
});
