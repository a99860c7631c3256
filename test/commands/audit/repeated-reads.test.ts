import { setTimeout as delay } from 'node:timers/promises';
import type { Read } from '../../../src/commands/audit/read-log.js';
import type { ReadFilter } from '../../../src/domain/audit/history-read.js';
import { SqliteEventStore } from '../../../src/store/sqlite/sqlite.js';
import { openReadLog, read, recorded } from '../../support/read-log.js';
import { readEventsOf } from '../../support/recorded-reads.js';
import { at, START } from '../../support/specification.js';
import { LosingAnswers } from '../../support/store-doubles.js';

const FIVE_MINUTES = 5 * 60_000;
const feed = (since: number, account = 'one'): Read => ({ ...read('alice', account, 'Subscription.events'), since });
const page = (cursor: string, actor = 'alice'): Read => ({ ...read(actor, 'one'), request: { variables: { after: cursor } } });
const of: { filter: ReadFilter } = { filter: { account: 'one' } };

/** Records a read of each kind, then accepts further ones. */
async function afterRecord() {
  const opened = openReadLog();
  const { reads, isWritten, store } = opened;
  reads.record(feed(5));
  reads.record(page('a'));
  await isWritten();
  const further = async (again: Read[]) => {
    for (const each of again) reads.record(each);
    await isWritten();
    return (await recorded(store, 'alice')).slice(2);
  };
  return { ...opened, further };
}

it('counts in one record what a page asks for again, when five minutes are over', async () => {
  const { store, reads, time, isWritten, further } = await afterRecord();
  expect(await further([feed(5), page('a'), feed(7), page('a')])).toEqual([]);
  time.now += FIVE_MINUTES - 1;
  expect(await further([])).toEqual([]);
  time.now += 1;
  await isWritten();
  expect((await recorded(store, 'alice')).slice(2)).toMatchObject([
    { what: 'Subscription.events', ...of, times: 2 },
    { what: 'events', ...of, times: 2 },
  ]);
  await isWritten();
  reads.record(page('a'));
  await reads.stop();
  expect(await recorded(store, 'alice')).toHaveLength(5);
});

it('dates the record of repetitions with the first of them, and names its request', async () => {
  const { store, reads, time } = await afterRecord();
  for (const correlationId of ['the second', 'the third']) {
    time.now += 1000;
    reads.record({ ...page('a'), correlationId });
  }
  await reads.stop();
  const [, , repeated] = await readEventsOf(store, 'alice');
  expect(repeated?.metadata).toEqual({ at: at(START + 1000), actor: 'alice', correlationId: 'the second' });
});

it('records repetitions when the process stops', async () => {
  const { store, reads, further } = await afterRecord();
  await further([feed(6), feed(6)]);
  await reads.stop();
  expect((await recorded(store, 'alice')).slice(2)).toMatchObject([{ what: 'Subscription.events', times: 2 }]);
});

it.each<[what: string, other: Read]>([
  ['another page', page('b')],
  ['a feed from an earlier event on', feed(4)],
  ['a feed of something else', feed(5, 'two')],
  ['another field', { ...page('a'), what: 'Account.history' }],
])('records at once a page that reads %s', async (_what, other) => {
  const { reads, further } = await afterRecord();
  expect(await further([other])).toMatchObject([{ what: other.what, times: 1 }]);
  await reads.stop();
});

it('records at once what another reader reads, and what is read where the clock was stepped back', async () => {
  const { store, reads, time, isWritten, further } = await afterRecord();
  reads.record(page('a', 'bob'));
  await isWritten();
  expect(await recorded(store, 'bob')).toHaveLength(1);
  time.now -= 1;
  expect(await further([page('a')])).toHaveLength(1);
  await reads.stop();
});

it('counts the repetitions of each reader apart', async () => {
  const { reads, isWritten, store } = openReadLog();
  for (const round of [1, 2, 2]) {
    for (const reader of ['alice', 'bob']) reads.record(page('a', reader));
    if (round === 1) await isWritten();
  }
  await reads.stop();
  for (const reader of ['alice', 'bob']) expect(await recorded(store, reader)).toMatchObject([{ times: 1 }, { times: 2 }]);
});

it('is one record, from the first on, where repetitions end while the next read of the same waits', async () => {
  const { store, reads, time } = await afterRecord();
  time.now += 1000;
  for (const repeated of [page('a'), page('a')]) reads.record(repeated);
  time.now += FIVE_MINUTES;
  reads.record(page('a'));
  await reads.stop();
  const [, , last, ...none] = await readEventsOf(store, 'alice');
  expect(last).toMatchObject({ data: { times: 3 }, metadata: { at: at(START + 1000) } });
  expect(none).toEqual([]);
});

it('knows each page that one record stands for', async () => {
  const { reads, isWritten, store } = openReadLog();
  const pages = ['a', 'b', 'c'].map((cursor) => page(cursor));
  for (const each of pages) reads.record(each);
  await isWritten();
  for (const each of pages) reads.record(each);
  await isWritten();
  expect(await recorded(store, 'alice')).toEqual([{ what: 'events', ...of, times: 3 }]);
  await reads.stop();
  expect((await recorded(store, 'alice')).slice(1)).toEqual([{ what: 'events', ...of, times: 3 }]);
});

it('remembers no more than a hundred pages of one record: any other is recorded at once', async () => {
  const { reads, isWritten, store } = openReadLog();
  for (let index = 0; index < 101; index += 1) reads.record(page(`${index}`));
  await isWritten();
  reads.record(page('99'));
  await isWritten();
  expect(await recorded(store, 'alice')).toHaveLength(1);
  reads.record(page('100'));
  await isWritten();
  expect(await recorded(store, 'alice')).toMatchObject([{ times: 101 }, { times: 1 }]);
  await reads.stop();
});

it('records the next read where the record before it could not be written', async () => {
  const store = new LosingAnswers(new SqliteEventStore(':memory:'));
  store.faults.push({ error: new Error('deleted for good'), written: false });
  const { reads, lines } = openReadLog(store);
  reads.record(page('a'));
  while (lines.length === 0) await delay(1);
  reads.record(page('a'));
  await reads.stop();
  expect(await recorded(store, 'alice')).toHaveLength(1);
});

it('loses neither a read nor a repetition that come during the last write before the process stops', async () => {
  const store = new LosingAnswers(new SqliteEventStore(':memory:'));
  const { reads, isWritten } = openReadLog(store);
  reads.record(read('alice', 'one'));
  await isWritten();
  store.onTried = async () => {
    store.onTried = async () => {};
    for (const account of ['one', 'two']) reads.record(read('alice', account));
  };
  reads.record(read('alice', 'three'));
  while ((await recorded(store, 'alice')).length < 2) await delay(1);
  await reads.stop();
  const accounts = (await recorded(store, 'alice')).map(({ filter }) => filter.account);
  expect(accounts.sort()).toEqual(['one', 'one', 'three', 'two']);
});

it('remembers of a large record what was written of it, and says how much was not', async () => {
  const store = new LosingAnswers(new SqliteEventStore(':memory:'));
  const { reads, lines, time, isWritten } = openReadLog(store);
  const all = Array.from({ length: 503 }, (_, index) => read('alice', `account-${index}`));
  for (let start = 0; start < all.length; start += 100) {
    for (const each of all.slice(start, start + 100)) reads.record(each);
    await isWritten();
  }
  for (const each of all) reads.record(each);
  time.now += FIVE_MINUTES;
  // An append holds 500 events: the first succeeds.
  store.onTried = async () => {
    if ((await recorded(store, 'alice')).length === 1003)
      store.faults.push({ error: new Error('deleted for good'), written: false });
  };
  while (lines.length === 0) await delay(1);
  store.onTried = async () => {};
  expect(lines).toEqual([expect.stringMatching(/^reads could not be recorded .*"actor":"alice","lost":3\}/)]);
  for (const each of all.slice(498)) reads.record(each);
  await isWritten();
  const accounts = (await recorded(store, 'alice')).slice(1003).map(({ filter }) => filter.account);
  expect(accounts).toEqual(['account-500', 'account-501', 'account-502']);
  await reads.stop();
});
