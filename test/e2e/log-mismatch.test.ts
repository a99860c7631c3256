import { cpSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import Database from '../../src/shared/sqlite.js';
import { SqliteEventStore } from '../../src/store/sqlite/sqlite.js';
import { here } from '../cli/here.js';
import { newAccount, temporaryDirectory } from '../support/cleanup.js';
import type { Client } from '../support/client.js';
import { record } from '../support/histories.js';
import { ask, bearer } from '../support/http.js';
import { withProjections } from '../support/late-projections.js';
import { firstUnlessLong } from '../support/long.js';
import { fileOf, removeProjections } from '../support/projection-files.js';
import { readinessOf, untilClosed, untilProjected } from '../support/readiness.js';
import { RESTORABLE, type RestorableLog, removeLog, sqliteLog } from '../support/restorable.js';
import { created, deleted, id } from '../support/specification.js';
import { type HeldKey, statusOf } from '../support/verify.js';
import { openWorld, type World } from '../support/world.js';

const TOKEN = 'an introspection token of more than 32 characters';
const ENV = { KEYLEDGER_INTROSPECTION_TOKEN: TOKEN.replaceAll(' ', '-') };

function start(log: Pick<RestorableLog, 'dataDirectory' | 'env'>, unready = false): Promise<World> {
  return openWorld({ dataDirectory: log.dataDirectory, env: { ...ENV, ...log.env }, unready });
}

/** The answers to a verification of the key and to requests for a change. */
async function answersOf({ url }: World, client: Client, key: HeldKey) {
  const post = (path: string, body: string, headers: string[] = []) => {
    return ask(`${url}${path}`, {
      method: 'POST',
      headers: ['Content-Type', 'application/x-www-form-urlencoded', ...headers],
      body,
    });
  };
  const mutation = await client.send('mutation { createKey(input: { name: "k" }) { __typename } }');
  return {
    verify: await ask(`${url}/v1/verify`, { headers: bearer(key.secret) }),
    introspect: await post('/v1/introspect', `token=${key.secret}`, bearer(ENV.KEYLEDGER_INTROSPECTION_TOKEN)),
    leaked: await post('/v1/leaked', `secret=${key.secret}`),
    mutation: { status: mutation.status, body: mutation.text },
  };
}

async function expectClosed(world: World, client: Client, key: HeldKey): Promise<void> {
  for (const [route, { status, body }] of Object.entries(await answersOf(world, client, key))) {
    expect({ route, status, code: /"code":"(\w+)"/.exec(body)?.[1] }).toEqual({ route, status: 503, code: 'LOG_MISMATCH' });
  }
  expect(await readinessOf(world)).toMatchObject({
    status: 503,
    body: { verification: { ready: false, code: 'LOG_MISMATCH' }, mutations: { possible: false, code: 'LOG_MISMATCH' } },
  });
}

function errorsIn(world: World): string[] {
  return world
    .log()
    .split('\n')
    .filter((line) => line.includes('"level":"error"'));
}

describe.each(firstUnlessLong(RESTORABLE))('a log on %s that was put back to what it was', (_name, make, it) => {
  it('verifies nothing and changes nothing, and says once what is missing, since when, and what to do', async () => {
    const log = await make();
    const before = await start(log);
    const client = await before.client({});
    const held = await client.newKey();
    await before.stop();
    await log.keep();
    const between = await start(log);
    await (await between.client({ account: client.account })).deleteKey(held.key.keyId);
    for (let count = 0; count < 4; count += 1) await (await between.client({})).newKey();
    await untilProjected(between);
    await between.stop();
    await log.putBack();

    const after = await start(log, true);
    const message = await untilClosed(after);
    await expectClosed(after, await after.client({ account: client.account }), held);
    expect(message).toMatch(/lacks 5 events at its end .*the first of 20\d\d-.*keyledger recover/);
    expect(errorsIn(after)).toEqual([expect.stringContaining(JSON.stringify(message))]);
    await after.stop();
    const store = log.open();
    for await (const page of store.readAll('apiKeyUsage')) expect(page).toEqual([]);
    await store.close();
  });

  it('is noticed by a process that runs, and nothing is written to it', async () => {
    const log = await make();
    const before = await start(log);
    await (await before.client({})).newKey();
    await before.stop();
    await log.keep();
    const world = await start(log);
    const client = await world.client({});
    const held = await client.newKey();
    await untilProjected(world);
    // Goes on verifying keys of accounts that lack nothing in the log that was put back.
    let over = false;
    const asking = (async () => {
      const made: string[] = [];
      while (!over) {
        const other = await world.client({});
        const { data } = await other.send<{ createKey: { key: { keyId: string } } | null }>(
          'mutation { createKey(input: { name: "k" }) { ... on CreateKeyPayload { key { keyId } } } }',
        );
        if (data?.createKey) made.push(data.createKey.key.keyId);
      }
      return made;
    })();
    await log.putBack();
    await untilClosed(world);
    await expectClosed(world, client, held);
    over = true;
    await asking;
    await world.stop();
    const store = log.open();
    let events = 0;
    for await (const page of store.readAll('apiKeys')) events += page.length;
    await store.close();
    expect(events).toBe(1);
  });
});

describe('on SQLite', () => {
  let lost: { dataDirectory: string; keys: HeldKey[] };
  /** A log that lacks its last three events, including two keys' deletions; and the keys. */
  beforeAll(async () => {
    const log = sqliteLog();
    const world = await start(log);
    const client = await world.client({});
    const keys = [await client.newKey(), await client.newKey()];
    await untilProjected(world);
    await log.keep();
    for (const { key } of keys) await client.deleteKey(key.keyId);
    await client.newKey();
    await untilProjected(world);
    // As the process stops, it signs a last checkpoint for all five.
    await world.stop();
    await log.putBack();
    lost = { dataDirectory: log.dataDirectory, keys };
  });

  /** A copy of that log's data directory; and the keys. */
  function shortened() {
    const log = sqliteLog();
    cpSync(lost.dataDirectory, log.dataDirectory, { recursive: true, verbatimSymlinks: true });
    return { ...log, keys: lost.keys };
  }

  /** What a data directory may have lost in addition; the rest must be enough to tell. */
  const LEFT: [what: string, lose: (directory: string) => void][] = [
    ['the keys', (directory) => forget(directory, 'transparency', 'history', 'activity')],
    ['the history', (directory) => forget(directory, 'keys', 'transparency', 'activity')],
    ['the tree', (directory) => forget(directory, 'keys', 'history', 'activity')],
    [
      'the history’s events, without its progress',
      (directory) => {
        forget(directory, 'keys', 'transparency', 'activity');
        withProjections(directory, 'projections.db', (database) => database.exec('DELETE FROM positions_1'));
      },
    ],
  ];

  function forget(directory: string, ...projections: string[]): void {
    for (const name of projections) {
      withProjections(directory, fileOf(name), (database) => {
        const tables = database.prepare<[], string>("SELECT name FROM sqlite_schema WHERE type = 'table'").pluck().all();
        for (const table of tables.filter((table) => table.startsWith(name))) database.exec(`DELETE FROM ${table}`);
        database.prepare("DELETE FROM positions_1 WHERE projection LIKE ? || '%'").run(name);
      });
    }
  }

  it.each(LEFT)('%s alone tell that the log lacks events', async (_what, lose) => {
    const { keys, ...log } = shortened();
    rmSync(join(log.dataDirectory, 'checkpoints'));
    lose(log.dataDirectory);
    await expectNeverVerified(log, keys, /lacks 3 events at its end/);
  });

  it('what analysts see tells alone that the log lacks events', async () => {
    const { keys, ...log } = shortened();
    rmSync(join(log.dataDirectory, 'checkpoints'));
    for (const name of ['keys.db', 'projections.db']) removeLog(log.dataDirectory, name);
    await expectNeverVerified(log, keys, /lacks 3 events at its end/);
  });

  it('the kept checkpoints alone tell that the log lacks events', async () => {
    const { keys, ...log } = shortened();
    removeProjections(log.dataDirectory);
    await expectNeverVerified(log, keys, /lacks 3 events at its end .* all after 20\d\d-/);
  });

  it('the kept checkpoints alone tell that events were changed', async () => {
    const { keys, ...log } = shortened();
    removeProjections(log.dataDirectory);
    const store = new SqliteEventStore(join(log.dataDirectory, 'events.db'));
    await record(store, newAccount(), [created('x'), created('y'), deleted('x')]);
    await store.close();
    await expectNeverVerified(log, keys, /does not hold the events that a checkpoint of 5 events covers/);
  });

  it.each<[what: string, put: (directory: string) => Promise<unknown>, said: RegExp]>([
    ['is empty', async (directory) => removeLog(directory), /lacks 5 events at its end .*the first of/],
    [
      'is another one',
      async (directory) => {
        removeLog(directory);
        await withLog(directory, (store) => record(store, newAccount(), [created('x'), created('y'), deleted('x')]));
      },
      /is another event log: it begins with event/,
    ],
    [
      'went on otherwise',
      (directory) => withLog(directory, (store) => record(store, newAccount(), [created('x')])),
      /lacks 3 events at its end .*It holds 1 other event instead/,
    ],
    [
      'holds another event at its end',
      (directory) =>
        withLog(directory, async (store) => {
          const [first] = await eventsIn(store);
          await store.append(first?.stream ?? '', 2, [{ ...deletedEvent, id: '00000000-0000-4000-8000-000000000000' }]);
        }),
      /lacks 3 events at its end/,
    ],
  ])('a log that %s is not worked with', async (_what, put, said) => {
    const { keys, ...log } = shortened();
    await put(log.dataDirectory);
    await expectNeverVerified(log, keys, said);
  });

  const deletedEvent = {
    type: 'KeyDeleted',
    schemaVersion: 1,
    data: { keyId: id('x'), reason: 'REQUESTED' },
    metadata: { at: '2026-01-01T00:00:00.000Z', actor: 'somebody', correlationId: 'none' },
  };

  async function withLog<T>(directory: string, work: (store: SqliteEventStore) => Promise<T>): Promise<T> {
    const store = new SqliteEventStore(join(directory, 'events.db'));
    try {
      return await work(store);
    } finally {
      await store.close();
    }
  }

  async function eventsIn(store: SqliteEventStore) {
    const events = [];
    for await (const page of store.readAll('apiKeys')) events.push(...page);
    return events;
  }

  /** From its start until it reports the mismatch, and after. */
  async function expectNeverVerified(
    log: Pick<RestorableLog, 'dataDirectory' | 'env'>,
    keys: HeldKey[],
    said: RegExp,
  ): Promise<void> {
    const world = await start(log, true);
    for (let closed = false; !closed; ) {
      closed = (await readinessOf(world)).body.verification.code === 'LOG_MISMATCH';
      for (const key of keys) expect(await statusOf(world, key)).toBe(503);
    }
    expect(await untilClosed(world)).toMatch(said);
    for (const key of keys) expect(await statusOf(world, key)).toBe(503);
    await world.stop();
  }

  it('a process opens by itself as soon as the log is whole again', async () => {
    const log = sqliteLog();
    const world = await start(log);
    const client = await world.client({});
    const held = await client.newKey();
    await untilProjected(world);
    await log.keep();
    await client.deleteKey(held.key.keyId);
    await untilProjected(world);
    await world.stop();
    const missing = (await withLog(log.dataDirectory, eventsIn)).slice(1);
    await log.putBack();
    const again = await start(log, true);
    await untilClosed(again);
    await withLog(log.dataDirectory, (store) => store.append(`apiKeys-${client.account}`, 1, missing));
    await again.app.ready;
    expect(await statusOf(again, held)).toBe(401);
    expect(again.log()).toContain('the event log is complete again');
  });

  it('tables that are merely old are rebuilt, aloud', async () => {
    const log = sqliteLog();
    const world = await start(log);
    const client = await world.client({});
    const held = await client.newKey();
    await untilProjected(world);
    await world.stop();
    const database = new Database(join(log.dataDirectory, 'keys.db'));
    database.exec("UPDATE positions_1 SET kind = 'another'; DELETE FROM keys_5");
    database.close();
    const again = await start(log);
    expect(await statusOf(again, held)).toBe(200);
    expect(again.log()).toContain('they were filled from another kind of store (another)');
  });

  it('an account that somebody has removed, with the last event of all, closes nobody else out', async () => {
    const log = sqliteLog();
    const world = await start(log);
    const other = await world.client({});
    const held = await other.newKey();
    const removed = await world.client({});
    await removed.newKey();
    await other.newKey();
    await removed.newKey();
    await untilProjected(world);
    await world.stop();
    const operator = new Database(join(log.dataDirectory, 'events.db'));
    operator.prepare('DELETE FROM events WHERE stream = ?').run(`apiKeys-${removed.account}`);
    operator.close();
    const again = await start(log);
    expect(await statusOf(again, held)).toBe(200);
    expect(again.log()).not.toContain('LOG_MISMATCH');
  });

  it('an account that somebody has truncated, with the first event of all, closes nobody else out, and nothing is rebuilt', async () => {
    const log = sqliteLog();
    const world = await start(log);
    const truncated = await world.client({});
    const lost = await truncated.newKey();
    await truncated.newKey();
    const other = await world.client({});
    const held = await other.newKey();
    await untilProjected(world);
    // As the process stops, it signs a last checkpoint.
    await world.stop();
    const operator = new Database(join(log.dataDirectory, 'events.db'));
    operator.prepare('DELETE FROM events WHERE stream = ? AND version = 1').run(`apiKeys-${truncated.account}`);
    operator.close();
    const again = await start(log);
    expect(await statusOf(again, held)).toBe(200);
    expect(await statusOf(again, lost)).toBe(200);
    await (await again.client({ account: other.account })).deleteKey(held.key.keyId);
    expect(again.log()).not.toMatch(/LOG_MISMATCH|rebuilt/);
  });

  it.each<[what: string, harm: string]>([
    ['is torn', "UPDATE events SET data = '{' WHERE position = 2"],
    ['is gone', 'DELETE FROM events WHERE position = 2'],
  ])(
    'an event that %s within a signed log is its account’s alone, also where every table is filled anew',
    async (_how, harm) => {
      const log = sqliteLog();
      const world = await start(log);
      const harmed = await world.client({});
      const { key } = await harmed.newKey();
      await harmed.newKey();
      await harmed.deleteKey(key.keyId);
      const held = await (await world.client({})).newKey();
      await untilProjected(world);
      await world.stop();
      const operator = new Database(join(log.dataDirectory, 'events.db'));
      operator.exec(harm);
      operator.close();
      removeProjections(log.dataDirectory);
      const again = await start(log);
      expect(await statusOf(again, held)).toBe(200);
      expect(again.log()).not.toContain('LOG_MISMATCH');
      expect(again.log()).toContain('the account is in quarantine');
    },
  );

  it('an append to a file that was replaced is refused, and so is every read', async () => {
    const directory = temporaryDirectory();
    const file = join(directory, 'events.db');
    const store = new SqliteEventStore(file);
    await record(store, 'one', [created('a')]);
    cpSync(file, `${file}.copy`);
    removeLog(directory);
    cpSync(`${file}.copy`, file);
    for (const call of [() => record(store, 'two', [created('b')]), () => eventsIn(store)]) {
      await expect(call()).rejects.toMatchObject({
        code: 'LOG_MISMATCH',
        message: expect.stringContaining('Restart this process'),
      });
    }
    await store.close();
  });

  it.each(['asof', 'export', 'replay', 'log-key'])(
    '`keyledger %s` works with no log that lacks events, and writes nothing to it',
    async (command) => {
      const { dataDirectory } = shortened();
      const args = command === 'asof' ? ['--at', '2027-01-01'] : [];
      const { code, stdout, stderr } = await here([command, ...args], { KEYLEDGER_DATA: dataDirectory });
      expect({ code, stdout }).toEqual({ code: 1, stdout: '' });
      expect(stderr).toMatch(/^keyledger: The event log lacks 3 events at its end .*keyledger recover.*\n$/);
      const events = new Database(join(dataDirectory, 'events.db'), { readonly: true });
      expect(events.prepare('SELECT count(*) FROM events').pluck().get()).toBe(2);
      events.close();
    },
  );
});
