import { readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { fill } from '../../../src/projections/engine/fill.js';
import { firstEvent, PositionTable } from '../../../src/projections/engine/position.js';
import { Projecting } from '../../../src/projections/engine/projecting.js';
import type { ProjectRequest } from '../../../src/projections/engine/projector.js';
import Database from '../../../src/shared/sqlite.js';
import type { EventStore } from '../../../src/store/event-store.js';
import { SqliteEventStore } from '../../../src/store/sqlite/sqlite.js';
import { cleanUpLater, temporaryDirectory } from '../../support/cleanup.js';
import { head, newEvent } from '../../support/events.js';
import { contentsOf, filledDirectory, make, request } from '../../support/filled-directory.js';
import { record, recordPlaces } from '../../support/histories.js';
import { created } from '../../support/specification.js';
import { StoreDouble } from '../../support/store-doubles.js';

const silent = { info() {}, warn() {}, error() {} };

const FILES = ['projections.db', 'analytics.db'] as const;
const NAMES = [
  ['projections.db', 'history_5'],
  ['projections.db', 'transparency_3'],
  ['analytics.db', 'activity_5'],
] as const;

/** A filled directory, who applies further events there, and what was logged. */
async function ground(from?: EventStore) {
  const { directory, store } = await filledDirectory();
  const logged: object[] = [];
  const say = (fields: object) => void logged.push(fields);
  const log = { info() {}, warn: say, error: say };
  const projecting = new Projecting({ directory, store: from ?? store, make, log });
  cleanUpLater(() => projecting.close());
  return { directory, store, projecting, logged };
}

/** Asks for the events of the keys' category up to that position. */
async function asked(directory: string, store: EventStore, [file, projection]: readonly [string, string], upTo: number) {
  const { seen = '' } = request(directory, file);
  return { file, seen, projection, upTo, first: await firstEvent(store) } satisfies ProjectRequest;
}

/** Asks for it for each projection of the keys' category, apart from that of the keys. */
const askedOfAll = (directory: string, store: EventStore, upTo: number) =>
  Promise.all(NAMES.map((name) => asked(directory, store, name, upTo)));

function positionOf(directory: string, file: string, projection: string): number | undefined {
  const database = new Database(join(directory, file), { readonly: true });
  try {
    const select = database.prepare<[string], number>('SELECT position FROM positions_1 WHERE projection = ?').pluck();
    return select.get(projection);
  } finally {
    database.close();
  }
}

/** Fills new files from event zero, which take the places of the present ones. */
async function fillAnew(directory: string, store: EventStore): Promise<void> {
  const names = NAMES.map(([, name]) => name);
  const requests = FILES.map((file) => request(directory, file, names));
  await fill(requests, { directory, store, make, log: silent });
}

const places = Array.from({ length: 1300 }, (_, index) => `account-${index % 90}`);

it('leaves the same tables as whoever follows the log', async () => {
  const { directory, store, projecting } = await ground();
  await recordPlaces(store, places);
  await projecting.project(await askedOfAll(directory, store, await head(store)));
  const applied = contentsOf(directory, FILES);
  await fillAnew(directory, store);
  expect(contentsOf(directory, FILES)).toEqual(applied);
});

it('stops at the position that was asked for', async () => {
  const { directory, store, projecting } = await ground();
  await recordPlaces(store, places.slice(0, 30));
  const middle = await head(store);
  await record(store, 'later', [created('later')]);
  await projecting.project(await askedOfAll(directory, store, middle));
  for (const [file, projection] of NAMES) expect(positionOf(directory, file, projection)).toBe(middle);
});

it('reads the log once for all that was asked together', async () => {
  const { directory, store } = await filledDirectory();
  await recordPlaces(store, places.slice(0, 30));
  const requests = await askedOfAll(directory, store, await head(store));
  const read: string[] = [];
  class Watched extends StoreDouble {
    override readAll(...asked: Parameters<EventStore['readAll']>) {
      if (asked[1]) read.push(asked[0]);
      return super.readAll(...asked);
    }
  }
  const projecting = new Projecting({ directory, store: new Watched(store), make, log: silent });
  cleanUpLater(() => projecting.close());
  await projecting.project(requests);
  expect(read).toEqual(['apiKeys']);
});

it('tells once what it has left out', async () => {
  const { directory, store, projecting, logged } = await ground();
  await store.append('apiKeyReads-somebody', 0, [{ ...newEvent(), type: 'HistoryRead', schemaVersion: 99 }]);
  const reads = ['projections.db', 'reads_3'] as const;
  const asking = await asked(directory, store, reads, Number.MAX_SAFE_INTEGER);
  expect(await projecting.project([asking])).toContainEqual({ projection: 'reads_3', events: 1, ofAll: false });
  expect(await projecting.project([asking])).toContainEqual({ projection: 'reads_3', events: 0, ofAll: false });
  expect(logged).toMatchObject([{ projection: 'reads_3', events: 1 }]);
});

describe('applies nothing', () => {
  /** Asks, and expects that nothing has changed. */
  async function expectNothing(
    { directory, projecting }: Pick<Awaited<ReturnType<typeof ground>>, 'directory' | 'projecting'>,
    requests: ProjectRequest[],
  ): Promise<void> {
    const before = contentsOf(directory, FILES);
    await projecting.project(requests);
    expect(contentsOf(directory, FILES)).toEqual(before);
  }

  it('if another file has the name by now', async () => {
    const { directory, store, projecting } = await ground();
    const requests = await askedOfAll(directory, store, Number.MAX_SAFE_INTEGER);
    await projecting.project(requests);
    await fillAnew(directory, store);
    await recordPlaces(store, places.slice(0, 30));
    await expectNothing({ directory, projecting }, requests);
    await projecting.project(await askedOfAll(directory, store, await head(store)));
    expect(positionOf(directory, 'projections.db', 'history_5')).toBe(await head(store));
  });

  it('to a file that is gone, which it does not create', async () => {
    const { directory, store, projecting } = await ground();
    const requests = await askedOfAll(directory, store, Number.MAX_SAFE_INTEGER);
    for (const file of FILES) rmSync(join(directory, file));
    await projecting.project(requests);
    for (const file of FILES) expect(request(directory, file).seen).toBeUndefined();
  });

  it('from a log that the tables do not come from', async () => {
    const other = new SqliteEventStore(join(temporaryDirectory(), 'events.db'));
    cleanUpLater(() => other.close());
    await recordPlaces(other, places);
    const { directory, store, projecting } = await ground(other);
    await expectNothing({ directory, projecting }, await askedOfAll(directory, store, Number.MAX_SAFE_INTEGER));
  });

  it.each(['before it has opened the file', 'while it has the file open'])('to tables that were given up %s', async (when) => {
    const { directory, store, projecting } = await ground();
    const requests = await askedOfAll(directory, store, Number.MAX_SAFE_INTEGER);
    if (when.startsWith('while')) await projecting.project(requests);
    for (const file of FILES) {
      const database = new Database(join(directory, file));
      new PositionTable(database).forgetAll();
      database.close();
    }
    await recordPlaces(store, places.slice(0, 30));
    await expectNothing({ directory, projecting }, requests);
  });

  it('to a damaged file, and goes on with the others', async () => {
    const { directory, store, projecting } = await ground();
    const path = join(directory, 'projections.db');
    const pages = readFileSync(path);
    await recordPlaces(store, places.slice(0, 30));
    const requests = await askedOfAll(directory, store, await head(store));
    writeFileSync(path, Buffer.from(pages).fill(0xff, 4096));
    await projecting.project(requests);
    expect(positionOf(directory, 'analytics.db', 'activity_5')).toBe(await head(store));
    writeFileSync(path, pages);
    await projecting.project(requests);
    expect(positionOf(directory, 'projections.db', 'history_5')).toBe(await head(store));
  });

  it('if the log cannot be read, says so once, and goes on when it can', async () => {
    const { directory, store } = await filledDirectory();
    await recordPlaces(store, places.slice(0, 30));
    const lost = new StoreDouble(store);
    const logged: string[] = [];
    const log = { info() {}, error() {}, warn: (_: object, message: string) => void logged.push(message) };
    const projecting = new Projecting({ directory, store: lost, make, log });
    cleanUpLater(() => projecting.close());
    const requests = await askedOfAll(directory, store, await head(store));
    const lose = () => {
      lost.readAll = () => {
        throw new Error('The log is gone.');
      };
    };
    const said = Array(2).fill(expect.stringContaining('could not be applied beside the requests'));
    lose();
    for (const _ of [1, 2]) await expectNothing({ directory, projecting }, requests);
    expect(logged).toEqual(said.slice(1));
    lost.readAll = (...asked) => store.readAll(...asked);
    await projecting.project(requests);
    expect(positionOf(directory, 'projections.db', 'history_5')).toBe(await head(store));
    lose();
    await recordPlaces(store, ['another']);
    await projecting.project(await askedOfAll(directory, store, await head(store)));
    expect(logged).toEqual(said);
  });
});
