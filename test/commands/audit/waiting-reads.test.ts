import { setTimeout as delay, setImmediate } from 'node:timers/promises';
import { type Read, ReadLog } from '../../../src/commands/audit/read-log.js';
import { SqliteEventStore } from '../../../src/store/sqlite/sqlite.js';
import { openReadLog, read, recorded } from '../../support/read-log.js';
import { START } from '../../support/specification.js';
import { HangingAppends } from '../../support/store-doubles.js';

/** How many reads wait at the most, and how many of one reader. */
const [ALL, OF_ONE] = [4000, 100];

/** That many different reads of fifty readers. */
function different(count: number): Read[] {
  return Array.from({ length: count }, (_, index) => read(`reader-${index % 50}`, `account-${index}`));
}

/** A log of reads whose store hangs while it writes a first read. */
async function openHanging() {
  const store = new HangingAppends(new SqliteEventStore(':memory:'));
  const opened = openReadLog(store);
  opened.reads.record(read('first', 'first'));
  while (store.tried === 0) await delay(1);
  return { ...opened, store };
}

it('keeps so many reads and no more while the store hangs, and says so once, and how many were lost in the end', async () => {
  const { reads, lines, store } = await openHanging();
  const all = different(ALL + 1000);
  for (const each of all.slice(0, ALL)) reads.record(each);
  expect(lines).toEqual([]);
  for (const each of all.slice(ALL)) reads.record(each);
  reads.record(read('reader-0', 'account-0'));
  expect(lines).toEqual([
    `too many reads wait to be recorded; further reads are lost until these are written {"waiting":${ALL}}`,
  ]);
  store.release();
  await reads.stop();
  expect(lines.slice(1)).toEqual(['reads are recorded again {"lost":1000}']);
  const kept = await recorded(store, 'reader-0');
  expect(kept).toHaveLength(80);
  expect(kept[0]).toMatchObject({ filter: { account: 'account-0' }, times: 2 });
});

it('loses none while the store takes them, however many come at a time', async () => {
  const store = new SqliteEventStore(':memory:');
  const lines: string[] = [];
  const write = (fields: object, message: string) => lines.push(`${message} ${JSON.stringify(fields)}`);
  const reads = new ReadLog({ store, clock: () => START, log: { warn: write, error: write } as never });
  for (const [index, each] of different(ALL + 500).entries()) {
    if (index % 100 === 0) await setImmediate();
    reads.record(each);
  }
  await reads.stop();
  expect(lines).toEqual([]);
  expect(await recorded(store, 'reader-0')).toHaveLength(90);
});

it('lets no reader use up the room of others: beyond a hundred different reads, it counts them without their filters', async () => {
  const { reads, lines, store } = await openHanging();
  for (let index = 0; index < ALL + 1000; index += 1) reads.record(read('greedy', `account-${index}`));
  reads.record(read('modest', 'one'));
  store.release();
  await reads.stop();
  expect(lines).toEqual([]);
  const kept = await recorded(store, 'greedy');
  expect(kept).toHaveLength(OF_ONE + 1);
  expect(kept.at(-2)).toMatchObject({ filter: { account: `account-${OF_ONE - 1}` }, times: 1 });
  expect(kept.at(-1)).toMatchObject({ filter: {}, times: ALL + 1000 - OF_ONE });
  expect(await recorded(store, 'modest')).toMatchObject([{ filter: { account: 'one' }, times: 1 }]);
});

describe('a reader of whom a hundred different reads wait', () => {
  const full = Array.from({ length: OF_ONE }, (_, index) => read('greedy', `account-${index}`));

  it('has a read that is equal to one of them counted with it', async () => {
    const { reads, store } = openReadLog();
    for (const each of [...full, read('greedy', 'account-0')]) reads.record(each);
    await reads.stop();
    const kept = await recorded(store, 'greedy');
    expect(kept).toHaveLength(OF_ONE);
    expect(kept[0]).toMatchObject({ filter: { account: 'account-0' }, times: 2 });
  });

  it('has the next read of each field counted apart', async () => {
    const { reads, store } = openReadLog();
    for (const each of [...full, read('greedy', 'x'), read('greedy', 'y', 'node')]) reads.record(each);
    await reads.stop();
    expect((await recorded(store, 'greedy')).slice(OF_ONE)).toMatchObject([
      { what: 'events', filter: {} },
      { what: 'node', filter: {} },
    ]);
  });

  it('has a repetition recorded with its filter', async () => {
    const { reads, store, isWritten } = openReadLog();
    reads.record(read('greedy', 'again'));
    await isWritten();
    for (const each of [...full, read('greedy', 'again')]) reads.record(each);
    await reads.stop();
    expect((await recorded(store, 'greedy')).slice(1)).toContainEqual({
      what: 'events',
      filter: { account: 'again' },
      times: 1,
    });
  });

  it('has what was recorded without its filter recorded with it when it is read again', async () => {
    const { reads, store, isWritten } = openReadLog();
    for (const each of [...full, read('greedy', 'again')]) reads.record(each);
    await isWritten();
    reads.record(read('greedy', 'again'));
    await isWritten();
    expect((await recorded(store, 'greedy')).at(-1)).toMatchObject({ filter: { account: 'again' }, times: 1 });
    await reads.stop();
  });
});
