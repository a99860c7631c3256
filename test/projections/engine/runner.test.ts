import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { newKeyMaterial } from '../../../src/domain/keys/secret.js';
import { HistoryProjection } from '../../../src/projections/audit/history.js';
import { NotCaughtUp } from '../../../src/projections/engine/caught-up.js';
import { ProjectionRunner } from '../../../src/projections/engine/runner.js';
import { KeysProjection } from '../../../src/projections/keys/keys.js';
import Database from '../../../src/shared/sqlite.js';
import type { RecordedEvent } from '../../../src/store/event-store.js';
import { SqliteEventStore } from '../../../src/store/sqlite/sqlite.js';
import { newAccount, temporaryDirectory } from '../../support/cleanup.js';
import { newEvents } from '../../support/events.js';
import { record } from '../../support/histories.js';
import { removeLog } from '../../support/restorable.js';
import { created, id } from '../../support/specification.js';
import { StoreDouble } from '../../support/store-doubles.js';
import { openWorld } from '../../support/world.js';

const silent = { info() {}, warn() {}, error() {} };

/** A data directory whose log and projections hold one key of that account. */
async function usedDirectory() {
  const dataDirectory = temporaryDirectory();
  const world = await openWorld({ dataDirectory });
  const client = await world.client({});
  const { key } = await client.newKey();
  return { dataDirectory, world, account: client.account, key };
}

it('rebuilds what is damaged', async () => {
  const { dataDirectory, world, account, key } = await usedDirectory();
  await world.stop();
  removeLog(dataDirectory, 'keys.db');
  writeFileSync(join(dataDirectory, 'keys.db'), 'this is no database at all, '.repeat(100));
  const again = await openWorld({ dataDirectory });
  const { keys } = await (await again.client({ account })).readAccount();
  expect(keys.map(({ keyId }) => keyId)).toEqual([key.keyId]);
  expect(again.log()).toContain('damaged');
});

it('is not ready from the moment its tables are emptied until they are filled again', async () => {
  const directory = temporaryDirectory();
  const store = new SqliteEventStore(join(directory, 'events.db'));
  await record(store, newAccount(), [created('a'), created('b')]);
  const database = new Database(join(directory, 'keys.db'));
  const keys = new KeysProjection(database);
  const runner = new ProjectionRunner({ database, store, projection: keys, log: silent });
  runner.start();
  await runner.caughtUp;
  expect(runner.filled()).toBe(keys);
  const ages: (number | undefined)[] = [];
  const apply = keys.apply.bind(keys);
  keys.apply = (events) => {
    ages.push(runner.status().age);
    return apply(events);
  };
  database.transaction(() => {
    keys.clear();
    database.exec('DELETE FROM positions_1');
  })();
  while (ages.length === 0) await delay(25);
  expect(ages).toEqual([undefined]);
  while (runner.status().age === undefined) await delay(25);
  expect(keys.accountOfKey(id('a'))).toBeDefined();
  await runner.stop();
  await store.close();
});

it('looks at the log at once when another process has emptied its tables', async () => {
  const file = join(temporaryDirectory(), 'keys.db');
  const [own, other] = [new Database(file), new Database(file)];
  own.pragma('journal_mode = WAL');
  const store = new CountedLooks(new SqliteEventStore(':memory:'));
  await record(store, newAccount(), [created('a')]);
  const runner = new ProjectionRunner({ database: own, store, projection: new KeysProjection(own), log: silent });
  runner.start();
  await runner.caughtUp;
  runner.filled();
  expect(store.looks).toBe(0);
  other.transaction(() => {
    new KeysProjection(other).clear();
    other.exec('DELETE FROM positions_1');
  })();
  expect(() => runner.filled()).toThrow(NotCaughtUp);
  expect(store.looks).toBe(1);
  await runner.catchesUp();
  expect(runner.filled().accountOfKey(id('a'))).toBeDefined();
  await runner.stop();
  await store.close();
});

/** Counts how often its followers were made to look. */
class CountedLooks extends StoreDouble {
  looks = 0;
  override lookAgain(): void {
    this.looks += 1;
    super.lookAgain();
  }
}

it('counts its age from when the log was read, not from when the events were applied', async () => {
  const store = new SqliteEventStore(':memory:');
  const database = new Database(':memory:');
  const history = new HistoryProjection(database);
  const ages: (number | undefined)[] = [];
  const onProjected = (events: RecordedEvent[]) => {
    if (history.size() === 1 && events.length === 0) ages.push(runner.status().age);
  };
  const runner = new ProjectionRunner({ database, store, projection: history, log: silent, onProjected });
  const apply = history.apply.bind(history);
  const APPLYING = 300;
  history.apply = (events) => {
    for (const start = performance.now(); performance.now() < start + APPLYING; );
    return apply(events);
  };
  runner.start();
  await runner.caughtUp;
  await recordBurst(store, 1);
  while (ages.length === 0) await delay(5);
  expect(ages[0]).toBeGreaterThanOrEqual(APPLYING);
  await runner.stop();
  await store.close();
});

it('lets other work run between the transactions of a burst, once it has caught up', async () => {
  const store = new SqliteEventStore(':memory:');
  const database = new Database(':memory:');
  const history = new HistoryProjection(database);
  const runner = new ProjectionRunner({ database, store, projection: history, log: silent });
  runner.start();
  await runner.caughtUp;
  let [turn, isOver] = [0, false];
  const count = () => {
    turn += 1;
    if (!isOver) setImmediate(count);
  };
  count();
  const turns: number[] = [];
  const apply = history.apply.bind(history);
  history.apply = (events) => {
    turns.push(turn);
    // Slower than a transaction may be.
    for (const start = performance.now(); performance.now() < start + 20; );
    return apply(events);
  };
  await recordBurst(store, 300);
  while (runner.status().position < 300) await delay(5);
  isOver = true;
  await runner.stop();
  expect(history.size()).toBe(300);
  expect(turns.length).toBeGreaterThan(1);
  expect(new Set(turns).size).toBe(turns.length);
  await store.close();
});

/** Appends that many events at once. */
function recordBurst(store: SqliteEventStore, count: number): Promise<unknown> {
  return store.append(`apiKeys-${newAccount()}`, 0, newEvents(count));
}

it('takes every event in once when two share the tables', async () => {
  const directory = temporaryDirectory();
  const store = new SqliteEventStore(join(directory, 'events.db'));
  const databases = [1, 2].map(() => new Database(join(directory, 'keys.db'), { timeout: 5 }));
  const applied: string[] = [];
  const runners = databases.map((database) => {
    database.pragma('journal_mode = WAL');
    const keys = new KeysProjection(database);
    const projection = {
      name: keys.name,
      category: 'apiKeys' as const,
      clear: () => keys.clear(),
      apply: (events: Parameters<typeof keys.apply>[0]) => {
        applied.push(...events.map((event) => event.id));
        return keys.apply(events);
      },
    };
    return new ProjectionRunner({ database, store, projection, log: silent });
  });
  for (const runner of runners) runner.start();
  for (let i = 0; i < 300; i += 1) {
    const { secret: _, ...key } = newKeyMaterial();
    await record(store, newAccount(), [created('a', key)]);
  }
  const total = await countEvents(store);
  const last = () => runners.every((runner) => runner.status().position >= total);
  while (!last()) await delay(25);
  for (const runner of runners) await runner.stop();
  expect(new Set(applied).size).toBe(applied.length);
  expect(applied).toHaveLength(total);
  await store.close();
});

async function countEvents(store: SqliteEventStore): Promise<number> {
  let total = 0;
  for await (const page of store.readAll('apiKeys')) total += page.length;
  return total;
}
