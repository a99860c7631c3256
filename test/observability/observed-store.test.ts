import { Metrics } from '../../src/observability/metrics.js';
import { ObservedEventStore } from '../../src/observability/observed-store.js';
import { type EventStore, OutcomeUnknown, StoreUnavailable, VersionConflict } from '../../src/store/event-store.js';
import { SqliteEventStore } from '../../src/store/sqlite/sqlite.js';
import { collect, newEvents } from '../support/events.js';
import { parseExposition, valueIn } from '../support/exposition.js';
import { LosingAnswers, StoreDouble } from '../support/store-doubles.js';

function observe(inner: EventStore) {
  const metrics = new Metrics({ version: '1.2.3', commit: 'unknown' });
  const calls = async (operation: string, outcome: string) => {
    const families = parseExposition(await metrics.exposition());
    return valueIn(families, 'keyledger_store_duration_seconds_count', { operation, outcome });
  };
  const conflicts = async () => valueIn(parseExposition(await metrics.exposition()), 'keyledger_append_conflicts_total');
  return { store: new ObservedEventStore(inner, metrics.observeStore), calls, conflicts };
}

it('counts the conflict of two writers', async () => {
  const { store, calls, conflicts } = observe(new SqliteEventStore(':memory:'));
  const [one, other] = await Promise.allSettled([1, 2].map(() => store.append('apiKeys-a', 0, newEvents(1))));
  expect(one).toEqual({ status: 'fulfilled', value: 1 });
  expect(other).toEqual({ status: 'rejected', reason: expect.any(VersionConflict) });
  expect([await calls('append', 'ok'), await calls('append', 'conflict'), await conflicts()]).toEqual([1, 1, 1]);
  await store.close();
});

it('tells how an append failed, and lets the error through as it is', async () => {
  const losing = new LosingAnswers(new SqliteEventStore(':memory:'));
  const { store, calls, conflicts } = observe(losing);
  const errors = [new StoreUnavailable(), new OutcomeUnknown(), new Error('apiKeys-somebody was deleted')];
  losing.faults.push(...errors.map((error) => ({ error, written: false })));
  for (const error of errors) await expect(store.append('apiKeys-a', 0, newEvents(1))).rejects.toBe(error);
  for (const outcome of ['unavailable', 'unknown', 'failed']) expect(await calls('append', outcome)).toBe(1);
  expect([await calls('append', 'ok'), await conflicts()]).toEqual([0, 0]);
  await store.close();
});

it('counts a read once, however many pages it has and whether or not its reader wants them all', async () => {
  const { store, calls } = observe(new SqliteEventStore(':memory:'));
  await store.append('apiKeys-a', 0, newEvents(2500));
  expect(await collect(store.read('apiKeys-a'))).toHaveLength(2500);
  for await (const page of store.read('apiKeys-a')) {
    expect(page).toHaveLength(1000);
    break;
  }
  expect(await collect(store.read('apiKeys-nobody'))).toEqual([]);
  expect(await collect(store.readAll('apiKeys'))).toHaveLength(2500);
  expect([await calls('read', 'ok'), await calls('readAll', 'ok')]).toEqual([3, 1]);
  await store.close();
});

it('tells how a read failed', async () => {
  class Unreadable extends StoreDouble {
    // biome-ignore lint/correctness/useYield: it fails before it has read anything
    override async *read(): AsyncGenerator<never> {
      throw new StoreUnavailable();
    }
  }
  const { store, calls } = observe(new Unreadable(new SqliteEventStore(':memory:')));
  await expect(collect(store.read('apiKeys-a'))).rejects.toBeInstanceOf(StoreUnavailable);
  expect([await calls('read', 'ok'), await calls('read', 'unavailable')]).toEqual([0, 1]);
  await store.close();
});
