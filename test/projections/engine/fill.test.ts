import { existsSync, lstatSync, readlinkSync } from 'node:fs';
import { join } from 'node:path';
import type { Connection } from '../../../src/projections/engine/connection.js';
import { fill } from '../../../src/projections/engine/fill.js';
import { PositionTable } from '../../../src/projections/engine/position.js';
import Database from '../../../src/shared/sqlite.js';
import { type Category, type RecordedEvent, StoreUnavailable } from '../../../src/store/event-store.js';
import { newEvent } from '../../support/events.js';
import { contentOf, contentsOf, filesIn, filledDirectory, make, request } from '../../support/filled-directory.js';
import { record } from '../../support/histories.js';
import { PROJECTION_FILES } from '../../support/projection-files.js';
import { created, deleted } from '../../support/specification.js';
import { StoreDouble } from '../../support/store-doubles.js';

const silent = { info() {}, warn() {}, error() {} };

/** Projections of every file, which are then filled from the log. */
const ALL = ['keys_5', 'history_5', 'transparency_3', 'usage_2', 'reads_3', 'activity_5', 'activity_usage_2'];

it('fills the same tables, indexes and positions as those who follow the log', async () => {
  const { directory, store } = await filledDirectory();
  const expected = contentsOf(directory);
  const requests = PROJECTION_FILES.map((name) => request(directory, name, ALL));
  await fill(requests, { directory, store, make, log: silent });
  for (const name of PROJECTION_FILES) expect(lstatSync(join(directory, name)).isSymbolicLink()).toBe(true);
  expect(contentsOf(directory)).toEqual(expected);
  expect(filesIn(directory)).toHaveLength(6);
});

it('reads the log once for all projections of a category', async () => {
  const { directory, store } = await filledDirectory();
  const read: string[] = [];
  const readAll = store.readAll.bind(store);
  store.readAll = (category, after) => {
    if (after === 0) read.push(category);
    return readAll(category, after);
  };
  const requests = PROJECTION_FILES.map((name) => request(directory, name, ALL));
  await fill(requests, { directory, store, make, log: silent });
  expect(read.sort()).toEqual(['apiKeyReads', 'apiKeyUsage', 'apiKeys']);
});

describe('the file of keys', () => {
  const wanted = (directory: string) => [
    request(directory, 'projections.db', ['history_5', 'transparency_3']),
    request(directory, 'keys.db', ['keys_5']),
  ];
  const areLinks = (directory: string) =>
    ['keys.db', 'projections.db'].map((name) => lstatSync(join(directory, name)).isSymbolicLink());

  /** Creates projections so that `onIndex` is called before each index that other files get after the first pass. */
  const observing = (onIndex: () => void) => (name: string) => (database: Connection) => {
    const projections = make(name)(database);
    const exec = database.exec.bind(database);
    database.exec = (sql) => {
      if (name !== 'keys.db' && sql.startsWith('CREATE INDEX')) onIndex();
      return exec(sql);
    };
    return projections;
  };

  it('has its place before the indexes of the others are created', async () => {
    const { directory, store } = await filledDirectory();
    const seen: boolean[][] = [];
    const observed = observing(() => seen.push(areLinks(directory)));
    await fill(wanted(directory), { directory, store, make: observed, log: silent });
    expect(seen.length).toBeGreaterThan(5);
    expect(new Set(seen.map(String))).toEqual(new Set(['true,false']));
    expect(areLinks(directory)).toEqual([true, true]);
  });

  it('stays in its place when the store is away before the others are ready; the next fill fills those', async () => {
    const { directory, store } = await filledDirectory();
    const expected = contentsOf(directory);
    const before = wanted(directory);
    const reason = new Error('The store is gone.');
    const lost = new StoreDouble(store);
    const observed = observing(() => {
      lost.readAll = () => {
        throw reason;
      };
    });
    await expect(fill(before, { directory, store: lost, make: observed, log: silent })).rejects.toBe(reason);
    expect(areLinks(directory)).toEqual([true, false]);
    expect(filesIn(directory)).toHaveLength(4);
    const published = readlinkSync(join(directory, 'keys.db'));
    await fill(before, { directory, store, make, log: silent });
    expect(areLinks(directory)).toEqual([true, true]);
    expect(readlinkSync(join(directory, 'keys.db'))).toBe(published);
    expect(contentsOf(directory)).toEqual(expected);
  });

  it('stays in its place when another file fails', async () => {
    const { directory, store } = await filledDirectory();
    const full = new Database.SqliteError('database or disk is full', 'SQLITE_FULL');
    const observed = observing(() => {
      throw full;
    });
    const { failures } = await fill(wanted(directory), { directory, store, make: observed, log: silent });
    expect(failures).toMatchObject([{ file: 'projections.db', isDamage: false }]);
    expect(areLinks(directory)).toEqual([true, false]);
    expect(filesIn(directory)).toHaveLength(4);
  });
});

it('lets those go on who have the old file open, and deletes it', async () => {
  const { directory, store } = await filledDirectory();
  const old = new Database(join(directory, 'keys.db'));
  for (let round = 0; round < 3; round += 1) {
    await fill([request(directory, 'keys.db', ['keys_5'])], { directory, store, make, log: silent });
    old.exec('UPDATE keys_5 SET quarantined = 1');
    expect(old.prepare('SELECT min(quarantined) FROM keys_5').pluck().get()).toBe(1);
    const now = new Database(join(directory, 'keys.db'));
    expect(now.prepare('SELECT max(quarantined) FROM keys_5').pluck().get()).toBe(0);
    now.close();
    expect(filesIn(directory)).toHaveLength(4);
  }
  expect(existsSync(join(directory, 'keys.db-wal'))).toBe(false);
  old.close();
});

it('takes over what is not to be filled, such as counts of events that the log has no longer', async () => {
  const { directory, store } = await filledDirectory();
  const present = new Database(join(directory, 'projections.db'));
  present.exec("INSERT INTO usage_2 VALUES ('key_old', '2020-01-01', 7); DELETE FROM history_5");
  present.close();
  await fill([request(directory, 'projections.db', ['history_5'])], { directory, store, make, log: silent });
  const now = new Database(join(directory, 'projections.db'));
  expect(now.prepare("SELECT count FROM usage_2 WHERE keyId = 'key_old'").pluck().get()).toBe(7);
  expect(now.prepare('SELECT count(*) FROM history_5').pluck().get()).toBeGreaterThan(0);
  now.close();
});

it('fills only once when two want it', async () => {
  const { directory, store } = await filledDirectory();
  const filled: object[] = [];
  const log = { ...silent, info: (fields: object) => void filled.push(fields) };
  const wanted = [request(directory, 'keys.db', ['keys_5'])];
  await Promise.all([1, 2, 3].map(() => fill(wanted, { directory, store, make, log })));
  expect(filled).toHaveLength(1);
});

it('fills no file for a program of another version, which could not use it, and says so', async () => {
  const { directory, store } = await filledDirectory();
  const requests = [request(directory, 'projections.db', ['history_4']), request(directory, 'keys.db', ['keys_5'])];
  const { failures } = await fill(requests, { directory, store, make, log: silent });
  expect(failures).toEqual([{ file: 'projections.db', reason: expect.stringMatching(/history_4.*restart/i), isDamage: false }]);
  const areLinks = ['keys.db', 'projections.db'].map((name) => lstatSync(join(directory, name)).isSymbolicLink());
  expect(areLinks).toEqual([true, false]);
});

it('says that it waits for another process that fills, and fills once that ends', async () => {
  const { directory, store } = await filledDirectory();
  const other = new Database(join(directory, 'filling.lock'));
  other.exec('BEGIN EXCLUSIVE');
  const said: object[] = [];
  const warn = (fields: object) => {
    said.push(fields);
    other.close();
  };
  const wanted = [request(directory, 'keys.db', ['keys_5'])];
  expect(await fill(wanted, { directory, store, make, log: { ...silent, warn }, saySoAfter: 1 })).toMatchObject({
    failures: [],
  });
  expect(said).toEqual([{ file: join(directory, 'filling.lock') }]);
});

/** A store that breaks off the first reads of everything, each a little later. */
class Interrupted extends StoreDouble {
  reads = 0;

  override async *readAll(category: Category, after?: number): AsyncGenerator<RecordedEvent[]> {
    this.reads += 1;
    let left = this.reads < 8 ? this.reads : Number.POSITIVE_INFINITY;
    for await (const page of this.store.readAll(category, after)) {
      for (const event of page) {
        if (left === 0) throw new StoreUnavailable();
        left -= 1;
        yield [event];
      }
    }
  }
}

it('goes on where it was when the store was away for a moment', async () => {
  const { directory, store } = await filledDirectory();
  const expected = contentsOf(directory);
  const requests = PROJECTION_FILES.map((name) => request(directory, name, ['history_5', 'keys_5', 'transparency_3']));
  const { failures } = await fill(requests, { directory, store: new Interrupted(store), make, log: silent });
  expect(failures).toEqual([]);
  expect(contentsOf(directory)).toEqual(expected);
});

it('reports what it cannot read, and sets the account apart', async () => {
  const { directory, store } = await filledDirectory();
  const operator = new Database(join(directory, 'events.db'));
  operator.exec("UPDATE events SET data = '{' WHERE stream = 'apiKeys-second' AND version = 3");
  operator.close();
  const reported: object[] = [];
  const log = { ...silent, error: (fields: object) => void reported.push(fields) };
  await fill([request(directory, 'keys.db', ['keys_5'])], { directory, store, make, log });
  expect(reported).toMatchObject([{ projection: 'keys_5', account: 'second' }]);
  const database = new Database(join(directory, 'keys.db'), { readonly: true });
  expect(database.prepare('SELECT account, version FROM keys_5_quarantine').all()).toEqual([{ account: 'second', version: 2 }]);
  database.close();
});

it('counts what it leaves out', async () => {
  const { directory, store } = await filledDirectory();
  await store.append('apiKeyReads-somebody', 0, [{ ...newEvent(), type: 'HistoryRead', schemaVersion: 99 }]);
  const { leftOut } = await fill([request(directory, 'projections.db', ['reads_3'])], { directory, store, make, log: silent });
  expect(leftOut).toContainEqual({ projection: 'reads_3', events: 1, ofAll: true });
  expect(leftOut).toContainEqual({ projection: 'usage_2', events: 0, ofAll: false });
});

/** A store in which a page of the log that holds a stream's last events is damaged. */
class DamagedLog extends StoreDouble {
  override async *read(): AsyncGenerator<RecordedEvent[]> {
    yield* [];
    throw new Database.SqliteError('database disk image is malformed', 'SQLITE_CORRUPT');
  }
}

it.each([true, false])('never takes damage of the log for damage of a file (in place: %s)', async (inPlace) => {
  const { directory, store } = await filledDirectory();
  const warned: object[] = [];
  const log = { ...silent, warn: (fields: object) => void warned.push(fields) };
  const before = contentsOf(directory);
  const requests = [{ ...request(directory, 'projections.db'), inPlace }];
  const filling = fill(requests, { directory, store: new DamagedLog(store), make, log });
  await expect(filling).rejects.toThrow(StoreUnavailable);
  expect(warned).toEqual([]);
  expect(contentsOf(directory)).toEqual(before);
});

describe('a present file that is sound', () => {
  const inPlace = (directory: string) => PROJECTION_FILES.map((name) => ({ ...request(directory, name), inPlace: true }));

  it('is brought to the end of the log where it is, and others go on with it', async () => {
    const { directory, store } = await filledDirectory();
    const before = PROJECTION_FILES.map((name) => request(directory, name).seen);
    await record(store, 'third', [created('h'), deleted('h'), created('i')]);
    await store.append('apiKeyReads-somebody', 0, [{ ...newEvent(), type: 'HistoryRead', schemaVersion: 99 }]);
    const { failures, leftOut } = await fill(inPlace(directory), { directory, store, make, log: silent });
    expect(failures).toEqual([]);
    expect(leftOut).toContainEqual({ projection: 'reads_3', events: 1, ofAll: false });
    expect(PROJECTION_FILES.map((name) => request(directory, name).seen)).toEqual(before);
    const now = contentsOf(directory);
    await fill(
      PROJECTION_FILES.map((name) => request(directory, name, ALL)),
      { directory, store, make, log: silent },
    );
    expect(now).toEqual(contentsOf(directory));
  });

  it('keeps tables as they are that do not come from this log', async () => {
    const { directory, store } = await filledDirectory();
    const database = new Database(join(directory, 'projections.db'));
    database.exec("UPDATE positions_1 SET kind = 'another' WHERE projection = 'usage_2'");
    database.close();
    const before = contentOf(directory, 'projections.db');
    await fill(inPlace(directory), { directory, store, make, log: silent });
    expect(contentOf(directory, 'projections.db')).toEqual(before);
  });
});

it('ends early when it is told to, and leaves nothing', async () => {
  const { directory, store } = await filledDirectory();
  const before = filesIn(directory);
  const reason = new Error('enough');
  const filling = fill([request(directory, 'keys.db', ['keys_5'])], {
    directory,
    store,
    make,
    log: silent,
    signal: AbortSignal.abort(reason),
  });
  await expect(filling).rejects.toBe(reason);
  expect(filesIn(directory)).toEqual(before);
});

it('ends between two indexes when it is told to, and leaves nothing', async () => {
  const { directory, store } = await filledDirectory();
  const before = filesIn(directory);
  const stop = new AbortController();
  let created = 0;
  const makeCounted = (file: string) => (database: Connection) => {
    const projections = make(file)(database);
    const exec = database.exec.bind(database);
    database.exec = (sql) => {
      if (sql.startsWith('CREATE INDEX')) {
        created += 1;
        // As a message from another thread: it is heard only if this one yields.
        setImmediate(() => stop.abort(new Error('enough')));
      }
      return exec(sql);
    };
    return projections;
  };
  const options = { directory, store, make: makeCounted, log: silent, signal: stop.signal };
  await expect(fill([request(directory, 'projections.db', ['history_5'])], options)).rejects.toThrow('enough');
  expect(created).toBe(1);
  expect(filesIn(directory)).toEqual(before);
});

it('sweeps away what a fill that was killed has left', async () => {
  const { directory, store } = await filledDirectory();
  const left = new Database(join(directory, 'keys.db.0a1b2c3d'));
  new PositionTable(left);
  left.close();
  await fill([request(directory, 'keys.db', ['keys_5'])], { directory, store, make, log: silent });
  expect(existsSync(join(directory, 'keys.db.0a1b2c3d'))).toBe(false);
});
