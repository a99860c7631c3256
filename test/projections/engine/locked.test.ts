import { join } from 'node:path';
import { Pseudonyms } from '../../../src/domain/analytics/pseudonyms.js';
import { FailedAttempts } from '../../../src/http/programs/failed-attempts.js';
import { verifyRoute } from '../../../src/http/programs/verify.js';
import { createServer } from '../../../src/http/server.js';
import { createLog } from '../../../src/observability/log.js';
import { auditProjections, keysProjections } from '../../../src/projections/all-projections.js';
import { makeAnalytics } from '../../../src/projections/analytics/make-analytics.js';
import { openProjections } from '../../../src/projections/engine/database.js';
import { ProjectionRunner } from '../../../src/projections/engine/runner.js';
import Database from '../../../src/shared/sqlite.js';
import type { Category, FollowedPage } from '../../../src/store/event-store.js';
import { openStore } from '../../../src/store/open.js';
import { SqliteEventStore } from '../../../src/store/sqlite/sqlite.js';
import { openLog } from '../../../src/store/sqlite/sqlite-file.js';
import { cleanUpLater, newAccount, temporaryDirectory } from '../../support/cleanup.js';
import { record } from '../../support/histories.js';
import { ask, basic } from '../../support/http.js';
import { created } from '../../support/specification.js';
import { StoreDouble } from '../../support/store-doubles.js';
import { statusOf } from '../../support/verify.js';
import { openWorld } from '../../support/world.js';

const silent = createLog('silent');

/** Takes the write lock of a file, like a process that writes for a long time. Returns a function that releases it. */
function lock(directory: string, file: string): () => void {
  const other = new Database(join(directory, file));
  other.exec('BEGIN IMMEDIATE');
  return () => other.close();
}

/** Waits for that many turns of the event loop. */
async function turns(count: number): Promise<void> {
  for (let turn = 0; turn < count; turn += 1) await new Promise(setImmediate);
}

function openKeys(directory: string) {
  return openProjections(join(directory, 'keys.db'), silent, keysProjections);
}

it('lets SQLite itself wait for no lock, for that would stop everything else', async () => {
  const directory = temporaryDirectory();
  const { database } = await openProjections(join(directory, 'projections.db'), silent, auditProjections);
  const keys = await openKeys(directory);
  const make = makeAnalytics(new Pseudonyms(Buffer.alloc(32)));
  const analytics = await openProjections(join(directory, 'analytics.db'), silent, make);
  const log = openLog(join(directory, 'events.db'));
  for (const connection of [database, keys.database, analytics.database, log]) {
    expect(connection.pragma('busy_timeout', { simple: true })).toBe(0);
    connection.close();
  }
});

it('verifies and reads while another process has locked every file, and answers mutations after it', async () => {
  const world = await openWorld({ env: { KEYLEDGER_DEADLINE: '5m' } });
  const client = await world.client({});
  const held = await client.newKey();
  const { dataDirectory } = world.config;
  const unlock = ['keys.db', 'projections.db', 'analytics.db', 'events.db'].map((file) => lock(dataDirectory, file));
  let isAnswered = false;
  const mutation = client.newKey().finally(() => {
    isAnswered = true;
  });
  for (let times = 0; times < 50; times += 1) {
    expect(await statusOf(world, held)).toBe(200);
    expect(await client.readAccount()).toMatchObject({ activeKeyCount: 1 });
  }
  expect(isAnswered).toBe(false);
  for (const file of unlock) file();
  expect(await mutation).toMatchObject({ account: { activeKeyCount: 2 } });
  expect(world.log()).not.toContain('the projection is stuck');
});

it('answers mutations while another process has locked the other projections', async () => {
  const world = await openWorld();
  const client = await world.client({});
  for (const file of ['projections.db', 'analytics.db']) cleanUpLater(lock(world.config.dataDirectory, file));
  const { key, secret } = await client.newKey();
  await client.deleteKey(key.keyId);
  expect(await statusOf(world, { key, secret })).toBe(401);
});

/** A store whose feed yields nothing until it is opened. */
class GatedFeed extends StoreDouble {
  open: () => void = () => {};
  readonly #opened = new Promise<void>((resolve) => {
    this.open = resolve;
  });

  override async *follow(category: Category, after: number, signal: AbortSignal): AsyncGenerator<FollowedPage> {
    yield { events: [], provenAt: performance.now() };
    await this.#opened;
    yield* this.store.follow(category, after, signal);
  }
}

it('needs no write lock for events that another process has projected', async () => {
  const directory = temporaryDirectory();
  const store = new SqliteEventStore(join(directory, 'events.db'));
  const gated = new GatedFeed(store);
  const [late, early] = await Promise.all(
    [gated, store].map(async (store) => {
      const { database, projections } = await openKeys(directory);
      const projection = projections.keys;
      cleanUpLater(() => database.close());
      return new ProjectionRunner({ database, store, projection, log: silent });
    }),
  );
  if (!late || !early) throw new Error('There are two.');
  late.start();
  await late.caughtUp;
  await record(store, newAccount(), [created('a')]);
  early.start();
  await early.caughtUp;
  expect(early.status().position).toBe(1);
  await early.stop();
  const unlock = lock(directory, 'keys.db');
  gated.open();
  while (late.status().position < 1) await turns(1);
  unlock();
  await late.stop();
  await store.close();
});

it('stops while another process has locked the projections', async () => {
  const directory = temporaryDirectory();
  const store = new SqliteEventStore(join(directory, 'events.db'));
  const { database, projections } = await openKeys(directory);
  const projection = projections.keys;
  const runner = new ProjectionRunner({ database, store, projection, log: silent });
  const unlock = lock(directory, 'keys.db');
  await record(store, newAccount(), [created('a')]);
  runner.start();
  await turns(100);
  await runner.stop();
  unlock();
  database.close();
  await store.close();
});

describe('a start beside a process that has locked the files', () => {
  it('opens what is there already', async () => {
    const world = await openWorld();
    const { dataDirectory } = world.config;
    for (const file of ['keys.db', 'projections.db', 'analytics.db', 'events.db']) cleanUpLater(lock(dataDirectory, file));
    const other = await openWorld({ dataDirectory });
    await expect((await other.client({})).readAccount()).resolves.toMatchObject({ keys: [] });
  });

  it('waits with what it has to make', async () => {
    const directory = temporaryDirectory();
    const unlock = [lock(directory, 'keys.db'), lock(directory, 'events.db')];
    let opened = 0;
    const opening = Promise.all(
      [openKeys(directory), openStore({ kind: 'sqlite', file: join(directory, 'events.db') })].map(async (open) => {
        await open;
        opened += 1;
      }),
    );
    await turns(100);
    expect(opened).toBe(0);
    for (const file of unlock) file();
    await opening;
  });
});

describe('where a read finds its table locked', () => {
  const locked = () => {
    throw new Database.SqliteError('database is locked', 'SQLITE_BUSY_RECOVERY');
  };

  it('a verification is answered with 503', async () => {
    const server = createServer(silent);
    const verifier = { verify: locked, verifySecret: locked };
    server.register(
      verifyRoute({
        verifier,
        refuseForNow: () => undefined,
        failedAttempts: new FailedAttempts(undefined),
        onAccepted: () => {},
      }),
    );
    const url = await server.listen({ port: 0, host: '127.0.0.1' });
    const { status, headers } = await ask(`${url}/v1/verify`, { headers: basic('key_', 'kls_') });
    await server.close();
    expect(status).toBe(503);
    expect(Number(headers['retry-after'])).toBeGreaterThan(0);
  });
});
