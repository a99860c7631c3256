import { setTimeout as delay } from 'node:timers/promises';
import { APPEND, sizeOfEvent } from '../../../src/store/batch.js';
import { type NewEvent, OutcomeUnknown, StoreUnavailable } from '../../../src/store/event-store.js';
import { SqliteEventStore } from '../../../src/store/sqlite/sqlite.js';
import { newAccount, temporaryDirectory } from '../../support/cleanup.js';
import { collect } from '../../support/events.js';
import { stores } from '../../support/eventstoredb.js';
import { openReadLog, read, recorded } from '../../support/read-log.js';
import { readEventsOf } from '../../support/recorded-reads.js';
import { at, START } from '../../support/specification.js';
import { HangingAppends, LosingAnswers, StoreDouble } from '../../support/store-doubles.js';

/** Records the size of each append. */
class AppendSizes extends StoreDouble {
  readonly sizes: { count: number; bytes: number }[] = [];

  override append(stream: string, version: number, events: NewEvent[], signal?: AbortSignal): Promise<number> {
    this.sizes.push({ count: events.length, bytes: events.reduce((sum, event) => sum + sizeOfEvent(event), 0) });
    return super.append(stream, version, events, signal);
  }
}

describe.each(stores)('on %s', (_name, open, it) => {
  it('records each reader in a stream of its own, equal reads as one with how often and when first', async () => {
    const store = open(temporaryDirectory());
    const { reads, time } = openReadLog(store);
    const [alice, bob] = [newAccount(), newAccount()];
    reads.record(read(alice, 'one', 'events', 'the first'));
    reads.record(read(bob, 'one'));
    reads.record(read(alice, 'two'));
    time.now += 1000;
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
    const logs = [openReadLog(store).reads, openReadLog(store).reads];
    for (let index = 0; index < 200; index += 1) logs[index % 2]?.record(read(actor, `account-${index}`));
    while ((await recorded(store, actor)).length < 200) await delay(5);
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
    const { reads, lines } = openReadLog(store);
    const actor = newAccount();
    store.faults.push({ error: new StoreUnavailable(), written: false }, { error: new OutcomeUnknown(), written: true });
    reads.record(read(actor, 'one'));
    while (store.tried.length === 0) await delay(5);
    reads.record(read(actor, 'two'));
    while ((await recorded(store, actor)).length < 2) await delay(5);
    await reads.stop();
    expect((await recorded(store, actor)).map(({ filter }) => filter.account)).toEqual(['one', 'two']);
    expect(lines).toEqual([]);
    await store.close();
  });
});

it('appends no more at a time than an append may hold, in events and in bytes, however much is due at once', async () => {
  const store = new AppendSizes(new SqliteEventStore(':memory:'));
  const { reads, time } = openReadLog(store);
  const long = (index: number) => `${index}-`.padEnd(128, 'x');
  const ask = (index: number) => {
    const [account, actor, keyId, type] = ['a', 'b', 'c', 'd'].map((name) => `${name}${long(index)}`.slice(0, 128));
    reads.record({ ...read('alice', ''), filter: { account, actor, keyId, type } });
  };
  for (let index = 0; index < 600; index += 1) {
    ask(index);
    if (index % 100 === 99) while ((await recorded(store, 'alice')).length <= index) await delay(5);
  }
  for (let index = 0; index < 600; index += 1) ask(index);
  time.now += 5 * 60_000;
  await reads.stop();
  expect(await recorded(store, 'alice')).toHaveLength(1200);
  expect(Math.max(...store.sizes.map(({ count }) => count))).toBeLessThanOrEqual(APPEND.count);
  expect(Math.max(...store.sizes.map(({ bytes }) => bytes))).toBeLessThanOrEqual(APPEND.bytes);
});

it('writes each day to a stream of its own, so that a day can be removed as a whole', async () => {
  const store = new SqliteEventStore(':memory:');
  const { reads, time } = openReadLog(store);
  for (const account of ['one', 'two']) {
    reads.record(read('alice', account));
    time.now += 24 * 3_600_000;
  }
  await reads.stop();
  const [one, two] = await readEventsOf(store, 'alice');
  const dayOf = (time: number) => new Date(time).toISOString().slice(0, 10);
  expect(one).toMatchObject({ stream: `apiKeyReads-${dayOf(START)}-alice`, version: 1 });
  expect(two).toMatchObject({ stream: `apiKeyReads-${dayOf(time.now - 24 * 3_600_000)}-alice`, version: 1 });
});

it('waits for nobody: what is read while the store hangs is noted, and written when it is back', async () => {
  const store = new HangingAppends(new SqliteEventStore(':memory:'));
  const { reads } = openReadLog(store);
  reads.record(read('alice', 'one'));
  while (store.tried === 0) await delay(5);
  for (let times = 0; times < 10; times += 1) reads.record(read('alice', 'two'));
  expect(await recorded(store, 'alice')).toEqual([]);
  store.release();
  await reads.stop();
  expect(await recorded(store, 'alice')).toMatchObject([
    { filter: { account: 'one' } },
    { filter: { account: 'two' }, times: 10 },
  ]);
});

it('goes on after what cannot be written at all', async () => {
  const store = new LosingAnswers(new SqliteEventStore(':memory:'));
  store.faults.push({ error: new Error('deleted for good'), written: false });
  const { reads, lines } = openReadLog(store);
  reads.record(read('alice', 'one'));
  while (lines.length === 0) await delay(5);
  reads.record(read('alice', 'two'));
  await reads.stop();
  expect(lines).toEqual([expect.stringMatching(/^reads could not be recorded \{"err":.*"actor":"alice","lost":1\}/)]);
  expect(await recorded(store, 'alice')).toMatchObject([{ filter: { account: 'two' } }]);
});

it('dates equal reads with the earliest of them, also where the clock was stepped back', async () => {
  const { reads, time, store } = openReadLog();
  for (const step of [2000, -1500, 700]) {
    time.now += step;
    reads.record(read('alice', 'one'));
  }
  await reads.stop();
  expect(await readEventsOf(store, 'alice')).toMatchObject([{ data: { times: 3 }, metadata: { at: at(START + 500) } }]);
});

it('keeps no e-mail address and no other text that is not an identifier', async () => {
  const { reads, store } = openReadLog();
  reads.record({ ...read('alice', 'one'), filter: { account: 'jane@example.com', from: START } });
  await reads.stop();
  expect(await recorded(store, 'alice')).toEqual([{ what: 'events', filter: { account: '?', from: at(START) }, times: 1 }]);
});

it('writes nothing where nothing was read', async () => {
  const { reads, store } = openReadLog();
  await reads.stop();
  expect(await collect(store.readAll('apiKeyReads'))).toEqual([]);
});
