import { readFileSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { Pseudonyms } from '../../../src/domain/analytics/pseudonyms.js';
import Database from '../../../src/shared/sqlite.js';
import { SqliteEventStore } from '../../../src/store/sqlite/sqlite.js';
import { ask, untilAnswered } from '../../support/asked-analytics.js';
import { newAccount, temporaryDirectory } from '../../support/cleanup.js';
import { complaintsIn, LATE_ANSWER } from '../../support/complaints.js';
import { oneUnlessLong } from '../../support/long.js';
import { untilFilled } from '../../support/readiness.js';
import { PatientAppends } from '../../support/store-doubles.js';
import { STORES, storeSettings } from '../../support/two-servers.js';
import { openWorld, type World, type WorldOptions } from '../../support/world.js';

const CONTRACT = readFileSync(join(import.meta.dirname, '../../../schema/sql/analytics.sql'), 'utf8');
const key = (byte: number) => ({ KEYLEDGER_PSEUDONYM_KEY: Buffer.alloc(32, byte).toString('base64') });

interface Column {
  name: string;
  type: string;
  notnull: number;
}

function expectType(view: string, { name, type, notnull }: Column, value: unknown): void {
  if (value === null && notnull === 0) return;
  expect([view, name, typeof value]).toEqual([view, name, type === 'INTEGER' ? 'number' : 'string']);
}

/** The tables of the contract, or the views of a file, with their columns. */
function shapeOf(database: Database.Database, type: 'table' | 'view'): Map<string, Column[]> {
  const names = database.prepare<[string], string>('SELECT name FROM sqlite_schema WHERE type = ? ORDER BY name').pluck();
  return new Map(names.all(type).map((name) => [name, database.prepare(`PRAGMA table_info(${name})`).all() as Column[]]));
}

/** A data directory in which every kind of event has happened. */
async function fill(options: WorldOptions = {}): Promise<World> {
  const { dataDirectory = temporaryDirectory() } = options;
  const store = new PatientAppends(new SqliteEventStore(join(dataDirectory, 'events.db')));
  const world = await openWorld({ ...options, dataDirectory, store });
  const owner = await world.client({});
  const { key, secret } = await owner.newKey({ name: 'rotated', expiresAt: new Date(Date.now() + 86_400_000).toISOString() });
  const { key: other } = await owner.newKey();
  await owner.createKey();
  await fetch(`${world.url}/v1/verify`, { headers: { authorization: `Bearer ${secret}` } });
  await owner.rotateKey({ keyId: key.keyId });
  await owner.deleteKey(other.keyId);
  await untilAnswered(await world.client({ role: 'analyst' }));
  await world.stop();
  return world;
}

function openFile(directory: string): Database.Database {
  return new Database(join(directory, 'analytics.db'), { readonly: true });
}

/** Fills it to the end of a log that holds a refusal and a verification, and stops. */
async function reopen(options: WorldOptions): Promise<World> {
  const world = await openWorld(options);
  const analyst = await world.client({ role: 'analyst' });
  await untilAnswered(analyst);
  for (let counts = [0]; counts.includes(0); await delay(25)) {
    const { createsRefused, verifications } = await ask<Record<'createsRefused' | 'verifications', number>>(
      analyst,
      'totals { at position createsRefused verifications }',
    );
    counts = [createsRefused, verifications];
  }
  await world.stop();
  return world;
}

it('has the views that the contract describes, and in them what it says', async () => {
  const { config } = await fill();
  await reopen({ dataDirectory: config.dataDirectory });
  const promised = new Database(':memory:');
  promised.exec(CONTRACT);
  const database = openFile(config.dataDirectory);
  const views = shapeOf(database, 'view');
  const contract = shapeOf(promised, 'table');
  expect([...views.keys()]).toEqual([...contract.keys()]);
  for (const [view, columns] of contract) {
    expect([view, views.get(view)?.map(({ name }) => name)]).toEqual([view, columns.map(({ name }) => name)]);
    const rows = database.prepare<[], Record<string, unknown>>(`SELECT * FROM ${view}`).all();
    expect(rows.length).toBeGreaterThan(0);
    for (const row of rows) for (const column of columns) expectType(view, column, row[column.name]);
  }
  expect(
    database.prepare('SELECT sum(created), sum(rotated), sum(createsRefused), max(active) FROM activity').raw().get(),
  ).toEqual([3, 1, 1, 1]);
  database.close();
});

it('is read with sqlite3 or any other program while the server writes to it', async () => {
  const world = await openWorld();
  const analyst = await world.client({ role: 'analyst' });
  await untilAnswered(analyst);
  const database = openFile(world.config.dataDirectory);
  await (await world.client({})).newKey();
  while ((await ask<{ activeKeys: number }>(analyst, 'totals { at position activeKeys }')).activeKeys === 0) await delay(25);
  expect(database.prepare('SELECT count(*) FROM keys').pluck().get()).toBe(1);
  expect(() => database.prepare('DELETE FROM activity_5')).not.toThrow();
  expect(() => database.prepare('DELETE FROM activity_5').run()).toThrow(/readonly/);
  database.close();
});

it('is rebuilt, aloud, when the pseudonyms are made with another key, and then holds none of the old ones', async () => {
  const dataDirectory = temporaryDirectory();
  await fill({ dataDirectory, env: key(1) });
  await reopen({ dataDirectory, env: key(1) });
  const accounts = () => {
    const database = openFile(dataDirectory);
    const found = database.prepare<[], string>('SELECT DISTINCT account FROM activity').pluck().all();
    database.close();
    return found;
  };
  const before = accounts();
  const again = await reopen({ dataDirectory, env: key(1) });
  expect(again.log()).not.toContain('rebuilt');
  expect(accounts()).toEqual(before);

  const other = await reopen({ dataDirectory, env: key(2) });
  for (const projection of ['activity_5', 'activity_usage_2']) {
    expect(other.log()).toMatch(new RegExp(`"projection":"${projection}","reason":"their pseudonyms were made with another`));
  }
  const after = accounts();
  expect(after).toHaveLength(before.length);
  expect(after.filter((account) => before.includes(account))).toEqual([]);
});

it('is filled by processes that share it as by one', async () => {
  const dataDirectory = temporaryDirectory();
  const worlds = await Promise.all([1, 2].map(() => openWorld({ dataDirectory })));
  const analysts = await Promise.all(worlds.map((world) => world.client({ role: 'analyst' })));
  await Promise.all(analysts.map(untilAnswered));
  const owners = await Promise.all(worlds.map((world) => world.client({ account: newAccount() })));
  for (const owner of owners) await owner.newKey();
  for (const analyst of analysts) {
    while ((await ask<{ keysCreated: number }>(analyst, 'totals { at position keysCreated }')).keysCreated < 2) await delay(25);
    expect(await ask(analyst, 'totals { at position accounts keysCreated activeKeys }')).toMatchObject({
      accounts: 2,
      keysCreated: 2,
      activeKeys: 2,
    });
  }
});

describe.each(oneUnlessLong(STORES))('on %s', (_name, connectionString, it) => {
  it('is filled, goes on after a restart, and is not rebuilt', async () => {
    const options = { dataDirectory: temporaryDirectory(), env: { ...storeSettings(connectionString), ...key(1) } };
    const first = await openWorld(options);
    const account = newAccount();
    await (await first.client({ account })).newKey();
    await first.stop();
    for (let start = 0; start < 2; start += 1) {
      const world = await openWorld(options);
      const analyst = await world.client({ role: 'analyst' });
      // Not by asking the API: its refusals until then are logged as warnings.
      await untilFilled(world, 'activity', 'activity_usage');
      const { position } = await ask<object>(analyst, 'totals { at position }');
      expect(Number(position)).toBeGreaterThan(0);
      expect(world.log()).not.toContain('rebuilt');
      expect(complaintsIn(world.log(), LATE_ANSWER)).toEqual([]);
      await world.stop();
    }
    const pseudonym = new Pseudonyms(Buffer.alloc(32, 1)).ofAccount(account);
    const database = openFile(options.dataDirectory);
    expect(database.prepare('SELECT active FROM activity WHERE account = ?').pluck().get(pseudonym)).toBe(1);
    database.close();
  });
});

describe('the key that pseudonyms are made with', () => {
  it('is made once, for its owner alone', async () => {
    const { dataDirectory } = (await fill()).config;
    const file = join(dataDirectory, 'pseudonym.key');
    expect(statSync(file).mode & 0o777).toBe(0o600);
    const before = readFileSync(file, 'utf8');
    await reopen({ dataDirectory });
    expect(readFileSync(file, 'utf8')).toBe(before);
  });

  it('is missing on EventStoreDB without the setting: everything else is served, and analysts are told', async () => {
    const env = { KEYLEDGER_STORE: 'esdb://127.0.0.1:1' };
    const store = new SqliteEventStore(':memory:');
    const world = await openWorld({ env, store });
    await (await world.client({})).newKey();
    const { errors } = await (await world.client({ role: 'analyst' })).send('{ analytics { totals { at } } }');
    expect(errors).toMatchObject([{ extensions: { code: 'NO_PSEUDONYM_KEY' } }]);
    expect(errors?.[0]?.message).toContain('Set KEYLEDGER_PSEUDONYM_KEY');
    expect(world.log()).toContain('there is no key for pseudonyms');
    expect((await fetch(`${world.url}/readyz`)).status).toBe(200);
  });
});
