import { lstatSync, rmSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { Generations } from '../../../src/projections/engine/generations.js';
import { repair } from '../../../src/projections/engine/repair.js';
import { projectionsOf } from '../../../src/projections/projections-of.js';
import Database from '../../../src/shared/sqlite.js';
import type { Category, RecordedEvent } from '../../../src/store/event-store.js';
import { SqliteEventStore } from '../../../src/store/sqlite/sqlite.js';
import { openLog } from '../../../src/store/sqlite/sqlite-file.js';
import { writeHistory } from '../../bench/support/history.js';
import { cleanUpLater, temporaryDirectory } from '../../support/cleanup.js';
import { renameTables } from '../../support/older-tables.js';
import { PROJECTION_FILES, type ProjectionFile } from '../../support/projection-files.js';
import { readinessOf, untilClosed, untilFilled } from '../../support/readiness.js';
import { removeLog } from '../../support/restorable.js';
import { StoreDouble } from '../../support/store-doubles.js';
import { type HeldKey, statusOf, untilAccepted } from '../../support/verify.js';
import { openWorld } from '../../support/world.js';

const silent = { info() {}, warn() {}, error() {} };

/** The number of the file that has the name now. */
const inodeOf = (directory: string, name: ProjectionFile) => statSync(join(directory, name)).ino;

/** Fills files anew, as `keyledger replay --repair` does. */
async function repairAll(directory: string, ...wrong: { file: ProjectionFile; projection: string }[]): Promise<void> {
  const store = new SqliteEventStore(join(directory, 'events.db'));
  await repair(wrong, { directory, store, make: projectionsOf(undefined), log: silent });
  await store.close();
}

describe('a repair beside running servers', () => {
  it('gives each of them the new file, and what they do afterwards is in it', async () => {
    const dataDirectory = temporaryDirectory();
    const [one, other] = [await openWorld({ dataDirectory }), await openWorld({ dataDirectory })];
    const client = await one.client({});
    const [kept, deleted] = [await client.newKey(), await client.newKey()];
    const before = inodeOf(dataDirectory, 'keys.db');
    await repairAll(dataDirectory, { file: 'keys.db', projection: 'keys_5' });
    expect(inodeOf(dataDirectory, 'keys.db')).not.toBe(before);
    for (const world of [one, other]) await untilAccepted(world, kept);
    await client.deleteKey(deleted.key.keyId);
    for (const world of [one, other]) while ((await statusOf(world, deleted)) === 200) await delay(1);
    const database = new Database(join(dataDirectory, 'keys.db'), { readonly: true });
    const end = database.prepare('SELECT deletedAt FROM keys_5 WHERE keyId = ?').pluck();
    while (!end.get(deleted.key.keyId)) await delay(5);
    database.close();
    expect(one.log() + other.log()).not.toContain('cannot be used');
  });

  it('never lets a key in that was wrongly alive in the old tables', async () => {
    const world = await openWorld();
    const { dataDirectory } = world.config;
    const client = await world.client({});
    const dead = await client.newKey();
    await client.deleteKey(dead.key.keyId);
    const database = new Database(join(dataDirectory, 'keys.db'));
    database.exec('UPDATE keys_5 SET deletedAt = NULL');
    database.close();
    await repairAll(dataDirectory, { file: 'keys.db', projection: 'keys_5' });
    let isOver = false;
    const filled = untilFilled(world).then(() => {
      isOver = true;
    });
    while (!isOver) {
      expect([401, 503]).toContain(await statusOf(world, dead));
      await delay(5);
    }
    await filled;
  });
});

/** Puts a file, made from the present one, in the place of that. */
async function putInPlace(directory: string, name: ProjectionFile, change: (database: Database.Database) => void) {
  const generations = new Generations(directory, name);
  const file = generations.newFile();
  const present = new Database(join(directory, name));
  await present.backup(file);
  present.close();
  const database = new Database(file);
  change(database);
  database.close();
  return () => generations.publish(file);
}

describe('another file that takes the place of the one that a server has open', () => {
  it('is brought up to it first: a key that was deleted stays refused', async () => {
    const world = await openWorld();
    const { dataDirectory } = world.config;
    const client = await world.client({});
    const [dead, held] = [await client.newKey(), await client.newKey()];
    const publish = await putInPlace(dataDirectory, 'keys.db', () => {});
    await client.deleteKey(dead.key.keyId);
    await publish();
    const ends = new Database(join(dataDirectory, 'keys.db'), { readonly: true });
    const end = ends.prepare('SELECT deletedAt FROM keys_5 WHERE keyId = ?').pluck();
    for (let isThere = false; !isThere; await delay(1)) {
      expect([await statusOf(world, dead), await statusOf(world, held)]).toEqual([401, 200]);
      isThere = Boolean(end.get(dead.key.keyId));
    }
    ends.close();
    const another = await client.newKey();
    for (const [key, status] of [
      [dead, 401],
      [held, 200],
      [another, 200],
    ] as const)
      expect(await statusOf(world, key)).toBe(status);
  });

  const FOREIGN: [what: string, change: string, reason: string][] = [
    ['was filled from another kind of store', "UPDATE positions_1 SET kind = 'another'", 'another kind of store'],
    ['was filled from another log', "UPDATE positions_1 SET firstId = 'another'", 'another log'],
    ['was given up', 'DELETE FROM positions_1', 'the projections are filled from the log'],
  ];

  it.each(FOREIGN)('answers nothing if it %s', async (_what, change, reason) => {
    const world = await openWorld();
    const { dataDirectory } = world.config;
    const client = await world.client({});
    const [held, another] = [await client.newKey(), await client.newKey()];
    const publish = await putInPlace(dataDirectory, 'keys.db', (database) => {
      database.exec(`UPDATE keys_5 SET deletedAt = 1; ${change}`);
    });
    await publish();
    while (!world.log().includes(reason)) {
      expect(await statusOf(world, held)).toBe(200);
      await delay(5);
    }
    await client.deleteKey(another.key.keyId);
    expect([await statusOf(world, another), await statusOf(world, held)]).toEqual([401, 200]);
  });
});

/** Appends so many events that a start has the files filled elsewhere. Returns the last key, which is alive. */
function writePast(directory: string): HeldKey {
  const log = openLog(join(directory, 'events.db'));
  const pasts = Array.from({ length: 700 }, (_, index) => ({ account: `account-${index}`, events: 10 }));
  let last = { keyId: '', secret: '' };
  writeHistory(log, pasts, (key) => {
    last = key;
  });
  log.close();
  return { key: { keyId: last.keyId }, secret: last.secret };
}

describe('a server whose files are far behind the log', () => {
  it('has them brought to its end elsewhere, and serves from the same files', async () => {
    const dataDirectory = temporaryDirectory();
    const world = await openWorld({ dataDirectory });
    const client = await world.client({});
    const held = await client.newKey();
    await untilFilled(world);
    await world.stop();
    const inodes = () => (['keys.db', 'projections.db'] as const).map((name) => inodeOf(dataDirectory, name));
    const before = inodes();
    writePast(dataDirectory);
    const again = await openWorld({ dataDirectory });
    await untilFilled(again);
    expect(again.log()).toContain('the projections are filled from the log');
    expect(inodes()).toEqual(before);
    expect(await statusOf(again, held)).toBe(200);
  });
});

/** A store that, once the file of keys has its place, holds back what only other files are filled from. */
class HoldingOthers extends StoreDouble {
  release: () => void = () => {};
  readonly #released = new Promise<void>((resolve) => {
    this.release = resolve;
  });

  constructor(private readonly directory: string) {
    super(new SqliteEventStore(join(directory, 'events.db')));
  }

  override async *readAll(category: Category, after?: number): AsyncGenerator<RecordedEvent[]> {
    const isFilled = lstatSync(join(this.directory, 'keys.db'), { throwIfNoEntry: false })?.isSymbolicLink();
    if (isFilled && category === 'apiKeyUsage') await this.#released;
    yield* this.store.readAll(category, after);
  }
}

describe('a server on a machine without files of projections', () => {
  it('verifies and changes keys before the other files are filled, also while another process fills', async () => {
    const dataDirectory = temporaryDirectory();
    const held = writePast(dataDirectory);
    const stores = [1, 2].map(() => new HoldingOthers(dataDirectory));
    const worlds = await Promise.all(stores.map((store) => openWorld({ dataDirectory, store, unready: true })));
    const release = () => stores.forEach((store) => void store.release());
    cleanUpLater(release);
    for (const world of worlds) {
      await untilFilled(world, 'keys');
      expect(await statusOf(world, held)).toBe(200);
      await (await world.client({})).newKey();
      expect((await readinessOf(world)).body.projections.history?.state).toBe('filling');
    }
    release();
    for (const world of worlds) await untilFilled(world);
    for (const world of worlds) expect(await statusOf(world, held)).toBe(200);
  });
});

it('creates files that are not there, and fills few events where it is', async () => {
  const world = await openWorld();
  await (await world.client({})).newKey();
  await untilFilled(world);
  expect(world.log()).not.toContain('filled from the log');
});

describe('what a file of another version tells of the log', () => {
  it('still closes a process whose log lacks events', async () => {
    const dataDirectory = temporaryDirectory();
    const world = await openWorld({ dataDirectory });
    await (await world.client({})).newKey();
    await untilFilled(world);
    await world.stop();
    for (const name of ['projections.db', 'analytics.db'] as const) removeLog(dataDirectory, name);
    rmSync(join(dataDirectory, 'checkpoints'), { force: true });
    const old = new Database(join(dataDirectory, 'keys.db'));
    old.exec('ALTER TABLE keys_5 RENAME TO keys_2');
    old.close();
    const log = new Database(join(dataDirectory, 'events.db'));
    log.exec('DELETE FROM events');
    log.close();
    const closed = await openWorld({ dataDirectory, unready: true });
    expect(await untilClosed(closed)).toContain('lacks 1 event');
  });
});

describe('a file with the tables of another version', () => {
  /** A data directory in which a process of an older version keeps every file locked. */
  async function upgraded() {
    const dataDirectory = temporaryDirectory();
    const world = await openWorld({ dataDirectory });
    const client = await world.client({});
    const held = await client.newKey();
    await untilFilled(world);
    await world.stop();
    const old = PROJECTION_FILES.map((name) => {
      const database = new Database(join(dataDirectory, name));
      cleanUpLater(() => database.close());
      renameTables(database);
      database.exec('BEGIN IMMEDIATE');
      return database;
    });
    return { dataDirectory, held, old, account: client.account };
  }

  it('does not hold a start up, although another process has locked it, and is replaced', async () => {
    const { dataDirectory, held, old } = await upgraded();
    const before = inodeOf(dataDirectory, 'keys.db');
    const world = await openWorld({ dataDirectory });
    expect(await statusOf(world, held)).toBe(200);
    await untilFilled(world);
    expect(inodeOf(dataDirectory, 'keys.db')).not.toBe(before);
    for (const database of old) database.exec('COMMIT');
    const now = new Database(join(dataDirectory, 'keys.db'), { readonly: true });
    expect(now.prepare("SELECT count(*) FROM sqlite_schema WHERE name LIKE 'old%'").pluck().get()).toBe(0);
    now.close();
  });

  it('is ignored by those who run: they go on with their own', async () => {
    const world = await openWorld();
    const { dataDirectory } = world.config;
    const client = await world.client({});
    const held = await client.newKey();
    const generations = new Generations(dataDirectory, 'keys.db');
    const file = generations.newFile();
    const newer = new Database(file);
    newer.exec('CREATE TABLE keys_99 (n INTEGER PRIMARY KEY); INSERT INTO keys_99 VALUES (1)');
    newer.close();
    await generations.publish(file);
    const another = await client.newKey();
    await client.deleteKey(held.key.keyId);
    expect(await statusOf(world, held)).toBe(401);
    expect(await statusOf(world, another)).toBe(200);
    expect((await readinessOf(world)).status).toBe(200);
  });
});
