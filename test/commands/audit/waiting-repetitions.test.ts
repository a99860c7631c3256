import type { Read } from '../../../src/commands/audit/read-log.js';
import { openReadLog, read, recorded } from '../../support/read-log.js';

/** How many repetitions wait at the most. */
const CAPACITY = 4000;

/** That many different reads of fifty readers. */
function different(count: number): Read[] {
  return Array.from({ length: count }, (_, index) => read(`reader-${index % 50}`, `account-${index}`));
}

/** A log of reads in which that many repetitions wait. */
async function openRepeating(count: number) {
  const opened = openReadLog();
  const all = different(count);
  for (let start = 0; start < count; start += 2100) {
    for (const each of all.slice(start, start + 2100)) opened.reads.record(each);
    await opened.isWritten();
  }
  for (const each of all) opened.reads.record(each);
  return opened;
}

it('loses no repetition and no other read when as many as can wait end at once', async () => {
  const { reads, lines, store } = await openRepeating(CAPACITY);
  reads.record(read('another', 'one'));
  await reads.stop();
  expect(lines).toEqual([]);
  expect(await recorded(store, 'reader-0')).toHaveLength(160);
  expect(await recorded(store, 'another')).toHaveLength(1);
});

it('records the next repetition like any other read when as many as can wait', async () => {
  const { reads, store, isWritten } = await openRepeating(CAPACITY + 1);
  await isWritten();
  const last = read('reader-0', `account-${CAPACITY}`);
  const others = different(CAPACITY).filter(({ actor }) => actor === 'reader-0');
  expect((await recorded(store, 'reader-0')).slice(others.length + 1)).toMatchObject([{ filter: last.filter, times: 1 }]);
  await reads.stop();
});
