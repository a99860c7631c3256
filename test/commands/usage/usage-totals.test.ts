import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { QUARTER } from '../../../src/domain/analytics/quarter.js';
import { DAY, type UsageEvent } from '../../../src/domain/usage/key-usage.js';
import { decodeUsage } from '../../../src/store/codec.js';
import { type EventStore, type RecordedEvent, StoreUnavailable } from '../../../src/store/event-store.js';
import { SqliteEventStore } from '../../../src/store/sqlite/sqlite.js';
import { TOTALS_STREAM } from '../../../src/store/streams.js';
import { cleanUpLater, temporaryDirectory } from '../../support/cleanup.js';
import { collect } from '../../support/events.js';
import { openEventStoreDb, ownServer } from '../../support/eventstoredb.js';
import { type EventStoreDbServer, isInstalled } from '../../support/eventstoredb-server.js';
import { fewUnlessLong, firstUnlessLong } from '../../support/long.js';
import { id, START } from '../../support/specification.js';
import { eventsOf, StoreDouble } from '../../support/store-doubles.js';
import { sumUsage } from '../../support/usage-events.js';
import { UsageProcess } from '../../support/usage-process.js';

const [A, B, C] = [id('a'), id('b'), id('c')];
const HOUR = 4 * QUARTER;

let now: number;
beforeEach(() => {
  now = START;
});
const clock = () => now;

function sqlite(): EventStore {
  const store = new SqliteEventStore(join(temporaryDirectory(), 'events.db'));
  cleanUpLater(() => store.close());
  return store;
}

/** The events of the category, except those that a store hides now and removes later. */
async function kept(store: EventStore): Promise<RecordedEvent[]> {
  const streams = new Set((await collect(store.readAll('apiKeyUsage'))).map(({ stream }) => stream));
  return (await Promise.all([...streams].map((stream) => eventsOf(store, stream)))).flat();
}

async function typesOf(store: EventStore): Promise<UsageEvent['type'][]> {
  return (await kept(store)).map((event) => decodeUsage(event).type);
}

async function totalsOf(store: EventStore) {
  return (await eventsOf(store, TOTALS_STREAM)).map(decodeUsage);
}

/** Resolves when only totals can be read from any stream. */
async function untilPruned(store: EventStore): Promise<void> {
  while ((await typesOf(store)).some((type) => type !== 'UsageTotalled')) await delay(50);
}

/** Simulates a day on which two processes count, in many quarters, and sometimes write; the second ends in the middle of it. */
async function liveADay(first: UsageProcess, second: UsageProcess): Promise<void> {
  const dayStart = now;
  for (let quarter = 0; quarter < 96; quarter += 7) {
    now = dayStart + quarter * QUARTER + quarter;
    first.uses.record({ keyId: A, at: now });
    if (quarter % 2 === 0) first.uses.record({ keyId: B, at: now });
    first.refusals.record('acme', now);
    if (quarter < 48) for (const keyId of [B, C, C]) second.uses.record({ keyId, at: now });
    await first.flush();
    if (quarter < 40) await second.flush();
  }
  await second.kill();
  now = dayStart + DAY + HOUR;
}

describe.each(
  firstUnlessLong<[name: string, open: () => Promise<[EventStore, EventStoreDbServer?]>, it: jest.It]>([
    ['SQLite', async () => [sqlite()], it],
    [
      'EventStoreDB',
      async () => {
        const server = await ownServer({ onDisk: true });
        return [openEventStoreDb(server.connectionString), server];
      },
      isInstalled() ? it : it.skip,
    ],
  ]),
)('on %s', (_name, open, it) => {
  let store: EventStore;
  let server: EventStoreDbServer | undefined;
  let processes: UsageProcess[];
  beforeEach(async () => {
    [store, server] = await open();
    processes = Array.from({ length: 3 }, () => new UsageProcess({ store, clock }));
  });
  afterEach(async () => {
    await Promise.all(processes.map((process) => process.kill()));
    await store.close();
    await server?.kill();
  });

  it('a day that is over becomes one total for each name, its records go, and nobody sees a difference, after a rebuild either', async () => {
    const [first, second] = processes as [UsageProcess, UsageProcess];
    await liveADay(first, second);
    first.uses.record({ keyId: A, at: now });
    await first.flush();
    const before = { figures: await first.figures(), sums: sumUsage(await kept(store)) };
    await first.totals.write();
    const today = await typesOf(store);
    while ((await kept(store)).length > 2) await delay(50);
    expect(today).toContain('UsageTotalled');
    expect((await typesOf(store)).sort()).toEqual(['KeysUsed', 'UsageTotalled']);
    expect(sumUsage(await kept(store))).toEqual(before.sums);
    expect(before.sums[`uses 2026-01-01 ${C}`]).toEqual([12, 0, 35 * QUARTER + 35]);
    expect(await first.figures()).toEqual(before.figures);

    await server?.scavenge();
    // EventStoreDB keeps the last event of each stream: here those of three closed streams.
    while ((await collect(store.readAll('apiKeyUsage'))).length > 2 + 3) await delay(50);
    const anew = new UsageProcess({ store, clock });
    processes.push(anew);
    expect(await anew.digests()).toEqual(await first.digests());
    expect(await anew.figures()).toEqual(before.figures);
    expect([first, anew].flatMap(({ lines }) => lines)).toEqual([]);
  });

  it('of processes that total a day at once, one does', async () => {
    for (let day = 0; day < 2; day += 1) {
      now = START + day * DAY;
      for (const [index, process] of processes.entries()) {
        for (let use = 0; use <= index; use += 1) process.uses.record({ keyId: A, at: now });
        await process.flush();
      }
      now += DAY + HOUR;
      await Promise.all(processes.map(({ totals }) => totals.write()));
      const totals = await totalsOf(store);
      expect(totals).toHaveLength(day + 1);
      expect(totals[day]).toMatchObject({ data: { uses: [[A, 6, 0, 0]] } });
    }
    expect(processes.flatMap(({ lines }) => lines)).toEqual([]);
  });
});

describe('closes no day', () => {
  it('before an hour has passed after its end', async () => {
    const store = sqlite();
    const process = new UsageProcess({ store, clock });
    process.uses.record({ keyId: A, at: now });
    await process.flush();
    for (const time of [START, START + DAY - 1, START + DAY, START + DAY + HOUR - 1]) {
      now = time;
      await process.totals.write();
      expect(await typesOf(store)).toEqual(['KeysUsed']);
    }
    now += 1;
    await process.totals.write();
    expect(await typesOf(store)).toEqual(['UsageTotalled']);
  });
});

describe('counts once', () => {
  it('what a process writes of a day that was totalled without it: in a total of its own', async () => {
    const store = sqlite();
    const [frozen, other] = [new UsageProcess({ store, clock }), new UsageProcess({ store, clock })];
    frozen.uses.record({ keyId: A, at: now });
    await frozen.flush();
    for (const keyId of [A, A, B]) frozen.uses.record({ keyId, at: now + 1 });
    now += DAY + HOUR;
    await other.totals.write();
    await untilPruned(store);
    expect((await other.figures()).usage_2).toEqual([{ keyId: A, day: '2026-01-01', count: 1 }]);
    await frozen.flush();
    const expected = [
      { keyId: A, day: '2026-01-01', count: 3 },
      { keyId: B, day: '2026-01-01', count: 1 },
    ];
    expect((await other.figures()).usage_2).toEqual(expected);
    await other.totals.write();
    await untilPruned(store);
    expect((await frozen.figures()).usage_2).toEqual(expected);
    expect(await totalsOf(store)).toMatchObject([
      { data: { uses: [[A, 1, 0, 0]] } },
      {
        data: {
          uses: [
            [A, 2, 1, 1],
            [B, 1, 1, 1],
          ],
        },
      },
    ]);
    expect(frozen.lines).toEqual([]);
  });

  it('what is used while a process whose clock is a day ahead closes today, again and again', async () => {
    const store = sqlite();
    const [process, ahead] = [new UsageProcess({ store, clock }), new UsageProcess({ store, clock: () => now + DAY + HOUR })];
    for (let round = 1; round <= 5; round += 1) {
      process.uses.record({ keyId: A, at: now });
      process.uses.record({ keyId: A, at: now });
      await process.flush();
      await ahead.totals.write();
      expect((await process.figures()).usage_2).toEqual([{ keyId: A, day: '2026-01-01', count: 2 * round }]);
      now += 10_000;
    }
    expect(process.lines).toEqual([]);
  });
});

/** A store that fails from the nth of these calls on, until it is repaired. */
class Failing extends StoreDouble {
  appends = Number.POSITIVE_INFINITY;
  prunes = Number.POSITIVE_INFINITY;

  override append(...call: Parameters<EventStore['append']>): Promise<number> {
    this.appends -= 1;
    return this.appends < 0 ? Promise.reject(new Error('killed')) : super.append(...call);
  }

  override prune(...call: Parameters<EventStore['prune']>): Promise<void> {
    this.prunes -= 1;
    return this.prunes < 0 ? Promise.reject(new StoreUnavailable()) : super.prune(...call);
  }
}

describe('goes on where a process was killed', () => {
  const KEYS = 2001;
  const keyIds = Array.from({ length: KEYS }, (_, index) => `key_${String(index).padStart(22, '0')}`);

  it.each(fewUnlessLong(2, [1, 3, 0, 2]))('%i appends into the totals of a day of 2,001 keys', async (appends) => {
    const inner = sqlite();
    const store = new Failing(inner);
    const killed = new UsageProcess({ store, clock });
    for (const keyId of keyIds) killed.uses.record({ keyId, at: now });
    await killed.flush();
    const before = sumUsage(await kept(inner));
    now += DAY + HOUR;
    store.appends = appends;
    await expect(killed.totals.write()).rejects.toThrow('killed');
    expect(sumUsage(await collect(inner.readAll('apiKeyUsage')))).toEqual(before);
    expect(await typesOf(inner)).toContain('KeysUsed');
    const survivor = new UsageProcess({ store: inner, clock });
    await survivor.totals.write();
    await untilPruned(inner);
    expect(sumUsage(await kept(inner))).toEqual(before);
    expect(await totalsOf(inner)).toHaveLength(3);
    expect(await new UsageProcess({ store: inner, clock }).digests()).toEqual(await survivor.digests());
  });

  it('before the records were removed: they are, before other totals are written', async () => {
    const inner = sqlite();
    const store = new Failing(inner);
    store.prunes = 0;
    const killed = new UsageProcess({ store, clock });
    for (const day of [0, 1]) {
      now = START + day * DAY;
      killed.uses.record({ keyId: A, at: now });
      await killed.flush();
    }
    now += DAY + HOUR;
    await expect(killed.totals.write()).rejects.toBeInstanceOf(StoreUnavailable);
    await expect(killed.totals.write()).rejects.toBeInstanceOf(StoreUnavailable);
    expect(await totalsOf(inner)).toHaveLength(1);
    await new UsageProcess({ store: inner, clock }).totals.write();
    await untilPruned(inner);
    expect(await totalsOf(inner)).toMatchObject([{ data: { day: '2026-01-01' } }, { data: { day: '2026-01-02' } }]);
  });
});

it('removes each stream once, however many rounds come until there are other totals', async () => {
  const pruned: string[] = [];
  class NotedPrunes extends StoreDouble {
    override prune(stream: string, signal?: AbortSignal): Promise<void> {
      pruned.push(stream);
      return super.prune(stream, signal);
    }
  }
  const process = new UsageProcess({ store: new NotedPrunes(sqlite()), clock });
  const counted: number[] = [];
  for (let day = 1; day <= 2; day += 1) {
    process.uses.record({ keyId: A, at: now });
    process.refusals.record('acme', now);
    await process.flush();
    now += DAY + HOUR;
    for (let round = 0; round < 3; round += 1) await process.totals.write();
    counted.push(pruned.length);
  }
  expect(counted).toEqual([2, 4]);
  expect(new Set(pruned).size).toBe(4);
});

it('keeps no process alive between its rounds', async () => {
  const timers = () => process.getActiveResourcesInfo().filter((resource) => resource === 'Timeout').length;
  const { totals } = new UsageProcess({ store: sqlite(), clock });
  const before = timers();
  totals.start();
  expect(timers()).toBe(before);
  await totals.stop();
});

it('keeps no more than 200 bytes for each key and day', async () => {
  const store = sqlite();
  const process = new UsageProcess({ store, clock });
  const [keys, days] = [1000, 2];
  for (let day = 0; day < days; day += 1) {
    now = START + day * DAY;
    for (let quarter = 0; quarter < 96; quarter += 1) {
      for (let key = 0; key < keys; key += 1) {
        const keyId = `key_${String(key).padStart(22, '0')}`;
        if ((key + quarter) % 8 === 0) process.uses.record({ keyId, at: now + quarter * QUARTER + key });
      }
    }
    await process.flush();
    now += DAY + HOUR;
    await process.totals.write();
  }
  const events = await collect(store.readAll('apiKeyUsage'));
  const bytes = events.reduce((sum, event) => sum + Buffer.byteLength(JSON.stringify(event)), 0);
  expect(events.map(({ type }) => type)).toEqual(Array(2 * days).fill('UsageTotalled'));
  expect(bytes / keys / days).toBeLessThan(100);
});
