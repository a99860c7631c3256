import { basename, dirname, join } from 'node:path';
import { completeExport } from '../../src/cli/transparency/export-lines.js';
import type { LogSigner } from '../../src/cli/transparency/log-signer.js';
import { HistoryProjection } from '../../src/projections/audit/history.js';
import type { Connection } from '../../src/projections/engine/connection.js';
import type { Projection, Unread } from '../../src/projections/engine/projection.js';
import { Rebuild } from '../../src/projections/engine/rebuild.js';
import { ProjectionRunner } from '../../src/projections/engine/runner.js';
import Database from '../../src/shared/sqlite.js';
import type { EventStore, NewEvent, RecordedEvent } from '../../src/store/event-store.js';
import { SqliteEventStore } from '../../src/store/sqlite/sqlite.js';
import { newAccount, temporaryDirectory } from '../support/cleanup.js';
import { collect, head, idsOf, newEvent } from '../support/events.js';
import { ownStores } from '../support/eventstoredb.js';

const LARGE = 100_000;
const COUNT = 150;
/** A batch is full at 4 MiB; its last event may exceed that. */
const MOST = 4 * 1024 * 1024 + 2 * LARGE;

function largeEvents(count = COUNT): NewEvent[] {
  const data = { keyId: 'key_0000000000000000000000', reason: 'x'.repeat(LARGE) };
  return Array.from({ length: count }, () => ({ ...newEvent(), data }));
}

async function fill(store: EventStore, stream: string): Promise<NewEvent[]> {
  const events = largeEvents();
  for (let version = 0; version < COUNT; version += 5) await store.append(stream, version, events.slice(version, version + 5));
  return events;
}

const sizeOf = (batch: unknown[]) => JSON.stringify(batch).length;
const largest = (batches: unknown[][]) => Math.max(...batches.map(sizeOf));

async function gather<T>(batches: AsyncIterable<T[]>): Promise<T[][]> {
  const all: T[][] = [];
  for await (const batch of batches) all.push(batch);
  return all;
}

/** Records only the batches that it was given. */
class Given implements Projection {
  readonly name = 'given_1';
  readonly category = 'apiKeys';
  readonly batches: RecordedEvent[][] = [];

  constructor(database: Connection) {
    database.exec('CREATE TABLE IF NOT EXISTS given_1 (position INTEGER PRIMARY KEY) STRICT');
  }

  apply(events: RecordedEvent[]): Unread[] {
    this.batches.push(events);
    return [];
  }

  clear(): void {}
}

describe.each(ownStores)('%s bounds the bytes of', (_name, open, it) => {
  let directory: string;
  let store: EventStore;
  let stream: string;
  let events: NewEvent[];
  let before: number;

  beforeAll(async () => {
    directory = temporaryDirectory();
    store = await open(directory);
    before = await head(store);
    stream = `apiKeys-${newAccount()}`;
    events = await fill(store, stream);
  });
  afterAll(() => store.close());

  const own = (pages: RecordedEvent[][]) => pages.flat().filter((event) => event.stream === stream);

  it('what it reads of a stream', async () => {
    const pages = await gather(store.read(stream) as AsyncIterable<RecordedEvent[]>);
    expect(largest(pages)).toBeLessThan(MOST);
    expect(idsOf(pages.flat())).toEqual(idsOf(events));
  });

  it('what it reads of a category', async () => {
    const pages = await gather(store.readAll('apiKeys', before) as AsyncIterable<RecordedEvent[]>);
    expect(largest(pages)).toBeLessThan(MOST);
    expect(idsOf(own(pages))).toEqual(idsOf(events));
  });

  it('what a follower is given', async () => {
    const stop = new AbortController();
    const pages: RecordedEvent[][] = [];
    for await (const { events } of store.follow('apiKeys', before, stop.signal)) {
      pages.push(events);
      if (own(pages).length === COUNT) stop.abort();
    }
    expect(largest(pages)).toBeLessThan(MOST);
    expect(idsOf(own(pages))).toEqual(idsOf(events));
  });

  it('what a projection takes in at a time, when it runs and when it is rebuilt', async () => {
    const file = join(directory, `${newAccount()}.db`);
    const database = new Database(file);
    const projection = new Given(database);
    const log = { info() {}, warn() {}, error() {} };
    const runner = new ProjectionRunner({ database, store, projection, log });
    runner.start();
    await runner.caughtUp;
    await runner.stop();
    // A batch that is not full yet takes one more page.
    expect(largest(projection.batches)).toBeLessThan(2 * MOST);
    expect(idsOf(projection.batches.flat())).toEqual(expect.arrayContaining(idsOf(events)));
    const rebuilt: Given[] = [];
    const make = () => (over: Connection) => {
      const given = new Given(over);
      rebuilt.push(given);
      return { given };
    };
    const rebuild = new Rebuild({ directory: dirname(file), files: [basename(file)], make, store, onRead() {} });
    await rebuild.fill();
    rebuild.close();
    database.close();
    expect(largest(rebuilt.flatMap(({ batches }) => batches))).toBeLessThan(2 * MOST);
    expect(own(rebuilt[0]?.batches ?? []).length).toBe(own(projection.batches).length);
  });

  it('what an export holds at a time', async () => {
    const signer = { kept: [], sign: async () => ({ checkpoint: null, reason: 'none' }) } as unknown as LogSigner;
    const pages = await gather(completeExport({ store, signer, onRead() {}, onLast() {} }));
    expect(largest(pages)).toBeLessThan(2 * MOST);
  });
});

it('commits no more of many large appends at once than a batch holds', async () => {
  const file = join(temporaryDirectory(), 'events.db');
  const store = new SqliteEventStore(file);
  const appends = largeEvents().map((event, index) => store.append(`apiKeys-${index}`, 0, [event]));
  await Promise.race(appends);
  const count = new Database(file, { readonly: true }).prepare('SELECT count(*) FROM events').pluck().get();
  expect(Number(count) * LARGE).toBeLessThan(MOST);
  await Promise.all(appends);
  expect(await collect(store.readAll('apiKeys'))).toHaveLength(COUNT);
  await store.close();
});

it('bounds what a feed, and whoever reads the history, holds of it at a time', async () => {
  const store = new SqliteEventStore(':memory:');
  await fill(store, 'apiKeys-one');
  const history = new HistoryProjection(new Database(':memory:'));
  history.apply(await collect(store.readAll('apiKeys')));
  const batches: RecordedEvent[][] = [];
  for (let after = 0, done = false; !done; ) {
    const { items, isLast } = history.batch({ account: 'one' }, { after, limit: 1000 });
    batches.push(items);
    after = items.at(-1)?.position ?? after;
    done = isLast;
  }
  expect(largest(batches)).toBeLessThan(MOST);
  expect(batches.flat()).toHaveLength(COUNT);
  await store.close();
});
