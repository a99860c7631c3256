import { setTimeout as delay } from 'node:timers/promises';
import { type Read, ReadLog } from '../../../src/commands/audit/read-log.js';
import { APPEND, sizeOfEvent } from '../../../src/store/batch.js';
import { type EventStore, type NewEvent, OutcomeUnknown, StoreUnavailable } from '../../../src/store/event-store.js';
import { SqliteEventStore } from '../../../src/store/sqlite/sqlite.js';
import { newAccount, temporaryDirectory } from '../../support/cleanup.js';
import { stores } from '../../support/eventstoredb.js';
import { readEventsOf, readsOf } from '../../support/recorded-reads.js';
import { START } from '../../support/specification.js';
import { HangingAppends, LosingAnswers, PatientAppends, StoreDouble } from '../../support/store-doubles.js';

function readLog(log: EventStore, store: EventStore = new PatientAppends(log)) {
  const lines: string[] = [];
  const write = (fields: object, message: string) => lines.push(`${message} ${JSON.stringify(fields)}`);
  let now = START;
  const reads = new ReadLog({ store, clock: () => now++, log: { warn: write, error: write } as never });
  return { reads, lines };
}

function read(actor: string, account: string, what: Read['what'] = 'events', correlationId = 'a request'): Read {
  return { actor, correlationId, what, filter: { account } };
}

/** A store that cannot be reached for that many appends. */
function refusing(count: number): LosingAnswers {
  const store = new LosingAnswers(new SqliteEventStore(':memory:'));
  store.faults.push(...Array.from({ length: count }, () => ({ error: new StoreUnavailable(), written: false })));
  return store;
}

/** Records the size of each append. */
class AppendSizes extends StoreDouble {
  readonly sizes: { count: number; bytes: number }[] = [];

  override append(stream: string, version: number, events: NewEvent[], signal?: AbortSignal): Promise<number> {
    this.sizes.push({ count: events.length, bytes: events.reduce((sum, event) => sum + sizeOfEvent(event), 0) });
    return super.append(stream, version, events, signal);
  }
}

async function recorded(store: EventStore, actor: string) {
  return (await readsOf(store, actor)).map(({ data }) => data);
}

describe.each(stores)('on %s', (_name, open, it) => {
  it('records each reader in a stream of its own, equal reads as one with how often and when first', async () => {
    const store = open(temporaryDirectory());
    const { reads } = readLog(store);
    const [alice, bob] = [newAccount(), newAccount()];
    reads.record(read(alice, 'one', 'events', 'the first'));
    reads.record(read(bob, 'one'));
    reads.record(read(alice, 'two'));
    reads.record(read(alice, 'one', 'events', 'the second'));
    reads.record(read(alice, 'one', 'Account.history'));
    await reads.stop();
    expect(await recorded(store, alice)).toEqual([
      { what: 'events', filter: { account: 'one' }, times: 2 },
      { what: 'events', filter: { account: 'two' }, times: 1 },
      { what: 'Account.history', filter: { account: 'one' }, times: 1 },
    ]);
    expect(await recorded(store, bob)).toEqual([{ what: 'events', filter: { account: 'one' }, times: 1 }]);
    const [first] = await readEventsOf(store, alice);
    expect(first?.metadata).toEqual({ at: new Date(START).toISOString(), actor: alice, correlationId: 'the first' });
    await store.close();
  });

  it('loses and doubles nothing where two record for the same reader', async () => {
    const store = open(temporaryDirectory());
    const actor = newAccount();
    const logs = [readLog(store).reads, readLog(store).reads];
    for (let index = 0; index < 200; index += 1) logs[index % 2]?.record(read(actor, `account-${index}`));
    while ((await recorded(store, actor)).length < 200) await delay(25);
    await Promise.all(logs.map((log) => log.stop()));
    const accounts = (await recorded(store, actor)).map(({ filter }) => filter.account);
    expect(accounts).toHaveLength(200);
    for (const parity of [0, 1]) {
      const ofOne = accounts.filter((account) => Number(account?.slice(8)) % 2 === parity);
      expect(ofOne).toEqual(Array.from({ length: 100 }, (_, index) => `account-${2 * index + parity}`));
    }
    await store.close();
  });

  it('writes once, in order, what the store refused and what it took without an answer', async () => {
    const store = new LosingAnswers(open(temporaryDirectory()));
    const { reads, lines } = readLog(store);
    const actor = newAccount();
    store.faults.push({ error: new StoreUnavailable(), written: false }, { error: new OutcomeUnknown(), written: true });
    reads.record(read(actor, 'one'));
    while (store.tried.length === 0) await delay(25);
    reads.record(read(actor, 'two'));
    while ((await recorded(store, actor)).length < 2) await delay(25);
    await reads.stop();
    expect((await recorded(store, actor)).map(({ filter }) => filter.account)).toEqual(['one', 'two']);
    expect(lines).toEqual([]);
    await store.close();
  });
});

describe('a page that reconnects', () => {
  const feed = (since: number, account = 'one'): Read => ({ ...read('alice', account, 'Subscription.events'), since });
  const page = (cursor: string): Read => ({ ...read('alice', 'one'), request: { variables: { after: cursor } } });

  /** Records a read of each kind, then accepts further ones. */
  async function afterRecord() {
    const store = new SqliteEventStore(':memory:');
    const time = { now: START };
    const reads = new ReadLog({ store: new PatientAppends(store), clock: () => time.now, log: { warn() {}, error() {} } });
    // Everything of one round is written when something of the next round is.
    const isWritten = async () => {
      for (const marker of [newAccount(), newAccount()]) {
        reads.record(read(marker, 'none'));
        while ((await recorded(store, marker)).length === 0) await delay(25);
      }
    };
    reads.record(feed(5));
    reads.record(page('a'));
    await isWritten();
    const further = async (again: Read[]) => {
      for (const each of again) reads.record(each);
      await isWritten();
      return (await recorded(store, 'alice')).slice(2);
    };
    return { store, reads, time, isWritten, further };
  }

  it('is one record, and its tries are counted in one more when minutes are over', async () => {
    const { store, reads, time, isWritten, further } = await afterRecord();
    expect(await further([feed(5), page('a'), feed(7), page('a')])).toEqual([]);
    time.now += 5 * 60_000;
    await isWritten();
    const of = { filter: { account: 'one' } };
    expect((await recorded(store, 'alice')).slice(2)).toMatchObject([
      { what: 'Subscription.events', ...of, times: 2 },
      { what: 'events', ...of, times: 2 },
    ]);
    reads.record(page('a'));
    await reads.stop();
    expect(await recorded(store, 'alice')).toHaveLength(5);
  });

  it('has its tries recorded when the process stops', async () => {
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
  ])('is recorded at once where it reads %s', async (_what, other) => {
    const { reads, further } = await afterRecord();
    expect(await further([other])).toMatchObject([{ what: other.what, times: 1 }]);
    await reads.stop();
  });

  it('is recorded at once by another reader, and where the clock was stepped back', async () => {
    const { store, reads, time, isWritten, further } = await afterRecord();
    reads.record({ ...page('a'), actor: 'bob' });
    await isWritten();
    expect(await recorded(store, 'bob')).toHaveLength(1);
    time.now -= 1;
    expect(await further([page('a')])).toHaveLength(1);
    await reads.stop();
  });

  it('is not known where its record could not be written: the next is recorded', async () => {
    const store = new LosingAnswers(new SqliteEventStore(':memory:'));
    store.faults.push({ error: new Error('deleted for good'), written: false });
    const { reads, lines } = readLog(store);
    reads.record(page('a'));
    while (lines.length === 0) await delay(25);
    reads.record(page('a'));
    await reads.stop();
    expect(await recorded(store, 'alice')).toHaveLength(1);
  });
});

it('appends no more at a time than an append may hold, in events and in bytes, however much is due at once', async () => {
  const store = new AppendSizes(new SqliteEventStore(':memory:'));
  let now = START;
  const reads = new ReadLog({ store: new PatientAppends(store), clock: () => now, log: { warn() {}, error() {} } });
  const long = (index: number) => `${index}-`.padEnd(128, 'x');
  const ask = (index: number) => {
    const [account, actor, keyId, type] = ['a', 'b', 'c', 'd'].map((name) => `${name}${long(index)}`.slice(0, 128));
    reads.record({ ...read('alice', ''), filter: { account, actor, keyId, type } });
  };
  for (let index = 0; index < 600; index += 1) {
    ask(index);
    if (index % 100 === 99) while ((await recorded(store, 'alice')).length <= index) await delay(25);
  }
  for (let index = 0; index < 600; index += 1) ask(index);
  now += 5 * 60_000;
  await reads.stop();
  expect(await recorded(store, 'alice')).toHaveLength(1200);
  expect(Math.max(...store.sizes.map(({ count }) => count))).toBeLessThanOrEqual(APPEND.count);
  expect(Math.max(...store.sizes.map(({ bytes }) => bytes))).toBeLessThanOrEqual(APPEND.bytes);
});

it('writes each day to a stream of its own, so that a day can be removed as a whole', async () => {
  const store = new SqliteEventStore(':memory:');
  let now = START;
  const reads = new ReadLog({ store: new PatientAppends(store), clock: () => now, log: { warn() {}, error() {} } });
  for (const account of ['one', 'two']) {
    reads.record(read('alice', account));
    now += 24 * 3_600_000;
  }
  await reads.stop();
  const [one, two] = await readEventsOf(store, 'alice');
  const dayOf = (time: number) => new Date(time).toISOString().slice(0, 10);
  expect(one).toMatchObject({ stream: `apiKeyReads-${dayOf(START)}-alice`, version: 1 });
  expect(two).toMatchObject({ stream: `apiKeyReads-${dayOf(now - 24 * 3_600_000)}-alice`, version: 1 });
});

it('waits for nobody: what is read while the store hangs is noted, and written when it is back', async () => {
  const store = new HangingAppends(new SqliteEventStore(':memory:'));
  const { reads } = readLog(store);
  reads.record(read('alice', 'one'));
  while (store.tried === 0) await delay(25);
  for (let times = 0; times < 10; times += 1) reads.record(read('alice', 'two'));
  expect(await recorded(store, 'alice')).toEqual([]);
  store.release();
  await reads.stop();
  expect(await recorded(store, 'alice')).toMatchObject([
    { filter: { account: 'one' } },
    { filter: { account: 'two' }, times: 10 },
  ]);
});

it('keeps so many reads and no more while the store hangs, and says so once, and how many were lost in the end', async () => {
  const store = new HangingAppends(new SqliteEventStore(':memory:'));
  const { reads, lines } = readLog(store);
  reads.record(read('reader-0', 'first'));
  while (store.tried === 0) await delay(25);
  for (let index = 0; index < 5000; index += 1) reads.record(read(`reader-${index % 50}`, `account-${index}`));
  reads.record(read('reader-0', 'account-0'));
  expect(lines).toEqual([expect.stringContaining('too many reads wait')]);
  store.release();
  await reads.stop();
  expect(lines.slice(1)).toEqual(['reads are recorded again {"lost":1000}']);
  const kept = await recorded(store, 'reader-0');
  expect(kept).toHaveLength(81);
  expect(kept[1]).toMatchObject({ filter: { account: 'account-0' }, times: 2 });
});

it('lets no reader use up the room of others: beyond a hundred different reads, it counts them without their filters', async () => {
  const store = new HangingAppends(new SqliteEventStore(':memory:'));
  const { reads, lines } = readLog(store);
  reads.record(read('greedy', 'first'));
  while (store.tried === 0) await delay(25);
  for (let index = 0; index < 9000; index += 1) reads.record(read('greedy', `account-${index}`));
  reads.record(read('modest', 'one'));
  store.release();
  await reads.stop();
  expect(lines).toEqual([]);
  const kept = await recorded(store, 'greedy');
  expect(kept).toHaveLength(102);
  expect(kept.at(-1)).toMatchObject({ filter: {}, times: 8900 });
  expect(await recorded(store, 'modest')).toMatchObject([{ filter: { account: 'one' }, times: 1 }]);
});

it.each<[store: string, open: () => EventStore]>([
  ['hangs', () => new HangingAppends(new SqliteEventStore(':memory:'))],
  ['refuses', () => refusing(1000)],
])('does not wait for ever when it stops while the store %s, and says what is lost', async (_store, open) => {
  const store = open();
  const { reads, lines } = readLog(store, store);
  for (const account of ['one', 'two']) reads.record(read('alice', account));
  await reads.stop();
  expect(lines).toEqual([expect.stringMatching(/^reads could not be recorded .*"actor":"alice","lost":2/)]);
});

it('goes on after what cannot be written at all', async () => {
  const store = new LosingAnswers(new SqliteEventStore(':memory:'));
  store.faults.push({ error: new Error('deleted for good'), written: false });
  const { reads, lines } = readLog(store);
  reads.record(read('alice', 'one'));
  while (lines.length === 0) await delay(25);
  reads.record(read('alice', 'two'));
  await reads.stop();
  expect(await recorded(store, 'alice')).toMatchObject([{ filter: { account: 'two' } }]);
});
