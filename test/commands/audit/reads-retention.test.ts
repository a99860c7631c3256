import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { ReadsRetention } from '../../../src/commands/audit/reads-retention.js';
import { DAY } from '../../../src/domain/usage/key-usage.js';
import { ReadsProjection } from '../../../src/projections/audit/reads.js';
import { digestOf } from '../../../src/projections/engine/digest.js';
import { ProjectionRunner } from '../../../src/projections/engine/runner.js';
import Database from '../../../src/shared/sqlite.js';
import { decodeReadOrRemoval, encode } from '../../../src/store/codec.js';
import { type EventStore, LogSealed, StoreUnavailable } from '../../../src/store/event-store.js';
import { SqliteEventStore } from '../../../src/store/sqlite/sqlite.js';
import { sealLog } from '../../../src/store/sqlite/sqlite-seal.js';
import { REMOVED_READS_STREAM, readsStreamOf } from '../../../src/store/streams.js';
import { cleanUpLater, temporaryDirectory } from '../../support/cleanup.js';
import { collect } from '../../support/events.js';
import { ownServer, patientStore } from '../../support/eventstoredb.js';
import { type EventStoreDbServer, isInstalled } from '../../support/eventstoredb-server.js';
import { firstUnlessLong } from '../../support/long.js';
import { at, START } from '../../support/specification.js';
import { eventsOf, StoreDouble } from '../../support/store-doubles.js';

const RETENTION = 30 * DAY;
const dayOf = (time: number) => at(time).slice(0, 10);

let now: number;
beforeEach(() => {
  now = START;
});

/** The parts of a process that project and remove access records. */
function openProcess(store: EventStore, { retention }: { retention: number | undefined } = { retention: RETENTION }) {
  const database = new Database(':memory:');
  const reads = new ReadsProjection(database);
  const lines: string[] = [];
  const say = (fields: object, message: string) => lines.push(`${message} ${JSON.stringify(fields)}`);
  const log = { info: say, warn: say, error: say } as never;
  const runner = new ProjectionRunner({ database, store, projection: reads, log });
  const readsOn = () => runner.readsOn();
  const retained = new ReadsRetention({ store, clock: () => now, log, retention, reads, readsOn });
  const stop = () => Promise.all([retained.stop(), runner.stop()]);
  cleanUpLater(stop);
  runner.start();
  return {
    retained,
    lines,
    stop,
    /** The shown records, once the projection holds all of the log. */
    shown: async () => {
      await readsOn();
      const page = reads.page({}, { limit: 1000 });
      return { records: page.map((read) => `${read.actor} ${dayOf(read.at)}`), removals: reads.removals() };
    },
    digest: async () => {
      await readsOn();
      return digestOf(database, reads.name);
    },
  };
}

/** Records two reads by each of these readers on each of that many days from now on, at noon. */
async function recordDays(store: EventStore, readers: string[], days: number): Promise<void> {
  for (let day = 0; day < days; day += 1) {
    for (const actor of readers) {
      const past = at(Math.floor(START / DAY) * DAY + day * DAY + DAY / 2);
      const data = { what: 'events', filter: {}, times: 1 };
      const event = { type: 'HistoryRead' as const, data, at: past, actor };
      await store.append(readsStreamOf(past, actor), 0, [encode(event, 'none'), encode(event, 'none')]);
    }
  }
}

const recordedOn = (readers: string[], days: number[]) =>
  days.flatMap((day) => readers.flatMap((reader) => Array(2).fill(`${reader} ${dayOf(START + day * DAY)}`)));

/** A store whose next calls fail. */
class Failing extends StoreDouble {
  fails: 'prune' | 'append' | undefined;

  override prune(...call: Parameters<EventStore['prune']>): Promise<void> {
    return this.fails === 'prune' ? Promise.reject(new StoreUnavailable()) : super.prune(...call);
  }

  override append(...call: Parameters<EventStore['append']>): Promise<number> {
    return this.fails === 'append' ? Promise.reject(new Error('killed')) : super.append(...call);
  }
}

/** A store after whose next append the process stops. */
class StopAfterAppend extends StoreDouble {
  stop = async (): Promise<void> => {};

  override async append(...call: Parameters<EventStore['append']>): Promise<number> {
    const version = await super.append(...call);
    await this.stop();
    return version;
  }
}

function sqlite(): EventStore {
  const store = new SqliteEventStore(join(temporaryDirectory(), 'events.db'));
  cleanUpLater(() => store.close());
  return store;
}

/** Opens an empty log, and its server. */
const STORES: [name: string, open: () => Promise<{ store: EventStore; server?: EventStoreDbServer }>, it: jest.It][] = [
  ['SQLite', async () => ({ store: sqlite() }), it],
  [
    'EventStoreDB',
    async () => {
      const server = await ownServer({ onDisk: true });
      // With a short staleness, it often says that there are no further events.
      const store = patientStore(server.connectionString, 400);
      cleanUpLater(() => store.close());
      return { store, server };
    },
    isInstalled() ? it : it.skip,
  ],
];

describe.each(firstUnlessLong(STORES))('on %s', (_name, open, it) => {
  it('removes whole days that are too old, says which, and shows none of them, in tables that were filled before and after', async () => {
    const { store, server } = await open();
    await recordDays(store, ['alice', 'bob'], 4);
    const [first, second] = [openProcess(store), openProcess(store)];
    now = Math.floor(START / DAY) * DAY + 2 * DAY + RETENTION;
    expect((await second.shown()).records).toHaveLength(16);
    await first.retained.remove();
    const kept = recordedOn(['alice', 'bob'], [2, 3]);
    const removals = { version: 2, before: dayOf(START + 2 * DAY), records: 8 };
    for (const process of [first, second, openProcess(store)])
      expect(await process.shown()).toEqual({ records: kept, removals });
    for (const day of [0, 1]) {
      for (const reader of ['alice', 'bob']) {
        while ((await eventsOf(store, readsStreamOf(at(START + day * DAY), reader))).length > 0) await delay(20);
      }
    }
    expect(await eventsOf(store, readsStreamOf(at(START + 2 * DAY), 'alice'))).toHaveLength(2);
    await server?.scavenge();
    // EventStoreDB keeps the last event of each stream: here those of two readers and two days.
    while ((await collect(store.readAll('apiKeyReads'))).length > 8 + 2 + 4) await delay(50);
    const filled = openProcess(store);
    expect(await filled.shown()).toEqual({ records: kept, removals });
    expect(await filled.digest()).toBe(await first.digest());
    expect((await eventsOf(store, REMOVED_READS_STREAM)).map(decodeReadOrRemoval)).toMatchObject([
      { actor: 'system:retention', data: { before: dayOf(START + DAY), records: 4 } },
      { actor: 'system:retention', data: { before: dayOf(START + 2 * DAY), records: 4 } },
    ]);
    const removed = 'access records were removed: they were older than KEYLEDGER_READS_RETENTION';
    expect(first.lines).toEqual([1, 2].map((day) => `${removed} {"before":"${dayOf(START + day * DAY)}","records":4}`));
    await Promise.all([first.stop(), second.stop()]);
    expect([...first.lines.slice(2), ...second.lines, ...filled.lines]).toEqual([]);
    const again = openProcess(store);
    await again.retained.remove();
    expect((await again.shown()).removals).toEqual(removals);
    await Promise.all([again.stop(), filled.stop()]);
  });
});

it('removes nothing where no retention is set, and no day of which a part is young enough', async () => {
  const store = sqlite();
  await recordDays(store, ['alice'], 2);
  now = Math.floor(START / DAY) * DAY + RETENTION + DAY - 1;
  const [ever, month] = [openProcess(store, { retention: undefined }), openProcess(store)];
  for (const process of [ever, month]) await process.retained.remove();
  expect((await month.shown()).records).toEqual(recordedOn(['alice'], [0, 1]));
  now += 1;
  await ever.retained.remove();
  expect((await month.shown()).records).toEqual(recordedOn(['alice'], [0, 1]));
  await month.retained.remove();
  expect((await month.shown()).records).toEqual(recordedOn(['alice'], [1]));
});

it('says each removal once where several processes remove', async () => {
  const store = sqlite();
  await recordDays(store, ['alice', 'bob'], 5);
  now = START + RETENTION + 6 * DAY;
  const processes = [1, 2, 3].map(() => openProcess(store));
  await Promise.all(processes.map(({ retained }) => retained.remove()));
  for (const process of processes) {
    expect(await process.shown()).toEqual({
      records: [],
      removals: { version: 5, before: dayOf(START + 5 * DAY), records: 20 },
    });
  }
});

it.each(['prune', 'append'] as const)(
  'goes on where it was broken off in the middle (%s), and says all that was removed',
  async (fails) => {
    const store = new Failing(sqlite());
    await recordDays(store, ['alice', 'bob'], 2);
    now = START + RETENTION + 6 * DAY;
    const { retained, shown } = openProcess(store);
    store.fails = fails;
    await expect(retained.remove()).rejects.toThrow();
    expect((await shown()).records).toHaveLength(8);
    store.fails = undefined;
    await retained.remove();
    expect(await shown()).toMatchObject({ records: [], removals: { records: 8 } });
  },
);

it('takes what is recorded late of a day that was removed for a day to be removed', async () => {
  const store = sqlite();
  await recordDays(store, ['alice'], 2);
  now = START + RETENTION + 6 * DAY;
  const { retained, shown } = openProcess(store);
  await retained.remove();
  await recordDays(store, ['late'], 1);
  expect((await shown()).records).toEqual(recordedOn(['late'], [0]));
  await retained.remove();
  expect(await shown()).toMatchObject({ records: [], removals: { before: dayOf(START + 2 * DAY), records: 6 } });
});

it('removes nothing from a log that was sealed', async () => {
  const file = join(temporaryDirectory(), 'events.db');
  const store = new SqliteEventStore(file);
  cleanUpLater(() => store.close());
  await recordDays(store, ['alice'], 1);
  now = START + RETENTION + 6 * DAY;
  const { retained } = openProcess(store);
  sealLog(file);
  await expect(retained.remove()).rejects.toBeInstanceOf(LogSealed);
  expect(await eventsOf(store, readsStreamOf(at(START), 'alice'))).toHaveLength(2);
});

describe('the rounds of a process', () => {
  /** Rounds follow each other at once: a random delay, here a negative one, is added to each wait. */
  beforeEach(() => {
    const { random } = Math;
    Math.random = () => -1;
    cleanUpLater(() => {
      Math.random = random;
    });
  });

  it('remove what becomes too old, until they are stopped', async () => {
    const store = sqlite();
    await recordDays(store, ['alice'], 3);
    const { retained, shown } = openProcess(store);
    retained.start();
    for (const day of [1, 2]) {
      now = START + RETENTION + day * DAY;
      while ((await shown()).removals.before !== dayOf(START + day * DAY)) await delay(1);
      expect((await shown()).records).toHaveLength(6 - 2 * day);
    }
    await retained.stop();
    now += DAY;
    expect((await shown()).records).toEqual(recordedOn(['alice'], [2]));
  });

  it('say why one failed, and try again', async () => {
    const store = new Failing(sqlite());
    await recordDays(store, ['alice'], 1);
    now = START + RETENTION + DAY;
    store.fails = 'prune';
    const { retained, shown, lines } = openProcess(store);
    retained.start();
    while (lines.length === 0) await delay(1);
    expect(lines[0]).toMatch(/^old access records could not be removed; the next attempt is in a few minutes \{"err":/);
    expect((await shown()).records).toHaveLength(2);
    store.fails = undefined;
    while ((await shown()).records.length > 0) await delay(1);
    await retained.stop();
  });
});

it('removes no further day once it is stopped', async () => {
  const store = new StopAfterAppend(sqlite());
  await recordDays(store, ['alice'], 3);
  now = START + RETENTION + 6 * DAY;
  const { retained, shown } = openProcess(store);
  store.stop = () => retained.stop();
  await retained.remove();
  expect((await shown()).records).toEqual(recordedOn(['alice'], [1, 2]));
});
