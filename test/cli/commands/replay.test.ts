import { copyFileSync, cpSync, existsSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import Database from '../../../src/shared/sqlite.js';
import { SqliteEventStore } from '../../../src/store/sqlite/sqlite.js';
import { openLog } from '../../../src/store/sqlite/sqlite-file.js';
import { writeHistory } from '../../bench/support/history.js';
import { temporaryDirectory } from '../../support/cleanup.js';
import { record } from '../../support/histories.js';
import { withProjections } from '../../support/late-projections.js';
import { fileOf, PROJECTION_FILES } from '../../support/projection-files.js';
import { untilFilled } from '../../support/readiness.js';
import { created, deleted, id } from '../../support/specification.js';
import { recordUsage, used } from '../../support/usage-events.js';
import { statusOf } from '../../support/verify.js';
import { openWorld } from '../../support/world.js';
import { here } from '../here.js';
import { keyledger } from '../run.js';

const ACCOUNTS = ['one', 'two', 'three', 'four'].map((account) => ({ account, events: 25 }));

/** A data directory whose projections hold all of its log. No service runs on it any more. */
let filled: string;
beforeAll(async () => {
  filled = temporaryDirectory();
  const log = openLog(join(filled, 'events.db'));
  writeHistory(log, ACCOUNTS);
  log.close();
  const store = new SqliteEventStore(join(filled, 'events.db'));
  await record(store, 'demo', [created('a', { idempotencyKey: 'once', scopes: ['read'] }), created('b'), deleted('b')]);
  await store.close();
  const world = await openWorld({ dataDirectory: filled });
  await untilFilled(world);
  await world.stop();
});

function copy(): string {
  const directory = temporaryDirectory();
  cpSync(filled, directory, { recursive: true, verbatimSymlinks: true });
  return directory;
}

/** Runs the command in a process of its own, beside services that run. */
function replayAside(directory: string, ...args: string[]) {
  return keyledger(['replay', ...args], { KEYLEDGER_DATA: directory });
}

function replay(directory: string, ...args: string[]) {
  return here(['replay', ...args], { KEYLEDGER_DATA: directory });
}

/** Changes the projections behind the services' backs. */
function damage(directory: string, ...statements: string[]): void {
  for (const sql of statements) {
    withProjections(directory, fileOf(projectionIn(sql)), (database) => {
      expect(database.prepare(sql).run().changes).toBeGreaterThan(0);
    });
  }
}

/** The first projection that the statement names. */
function projectionIn(sql: string): string {
  return /(?:keys|history|transparency|usage|reads|activity)_\d/.exec(sql)?.[0] ?? '';
}

/** All rows of all tables. */
function rowsIn(directory: string): Record<string, unknown[]> {
  const rows: Record<string, unknown[]> = {};
  for (const file of ['keys.db', 'projections.db'] as const) {
    withProjections(directory, file, (database) => {
      const tables = database.prepare<[], string>("SELECT name FROM sqlite_schema WHERE type = 'table'").pluck().all();
      for (const table of tables) rows[`${table} of ${file}`] = database.prepare(`SELECT * FROM ${table} ORDER BY 1, 2`).all();
    });
  }
  return rows;
}

const LINE = /^(\w+): (\d+) events up to position \2, sha256 [0-9a-f]{64}: equal$/gm;

it('says that all projections are equal, at which event, and what their digests are', async () => {
  const { code, stdout, stderr } = await replayAside(filled);
  expect({ code, stderr }).toEqual({ code: 0, stderr: '' });
  expect([...stdout.matchAll(LINE)].map(([, name, events]) => `${name} ${events}`)).toEqual([
    'keys_5 103',
    'transparency_3 103',
    'history_5 103',
    'reads_3 0',
    'usage_2 0',
    'activity_5 103',
    'activity_usage_2 0',
  ]);
  expect(stdout.trim().split('\n')).toHaveLength(7);
});

it('finds empty projections of an empty log equal', async () => {
  const empty = await openWorld();
  const { code, stdout } = await replay(empty.config.dataDirectory);
  expect(stdout.match(/: 0 events up to position 0, sha256 \w+: equal\n/g)).toHaveLength(7);
  expect(code).toBe(0);
});

describe('what was changed in a projection behind its back', () => {
  const A = id('a');
  const B = id('b');
  it.each<[what: string, sql: string, named: string]>([
    [
      'a changed scope',
      `UPDATE keys_5 SET scopes = '["admin"]' WHERE keyId = '${A}'`,
      `keys_5: keyId "${A}" is different in scopes`,
    ],
    [
      'a deleted key brought back',
      `UPDATE keys_5 SET deletedAt = NULL WHERE keyId = '${B}'`,
      `keys_5: keyId "${B}" is different in deletedAt`,
    ],
    ['a missing key', `DELETE FROM keys_5 WHERE keyId = '${A}'`, `keys_5: keyId "${A}" is missing`],
    [
      'a key that nobody created',
      `INSERT INTO keys_5 SELECT '${id('x')}', account, scopes, secretHash, expiresAt, deletedAt, disabledAt, quarantined FROM keys_5 WHERE keyId = '${A}'`,
      `keys_5: keyId "${id('x')}" is extra`,
    ],
    [
      'an account that holds less',
      "UPDATE keys_5_accounts SET keys = '[]' WHERE account = 'demo'",
      'keys_5_accounts: account "demo" is different in keys',
    ],
    [
      'a forgotten request',
      'DELETE FROM keys_5_idempotency',
      'keys_5_idempotency: account "demo", idempotencyKey "once" is missing',
    ],
    [
      'a changed node of the tree',
      'UPDATE transparency_3 SET hashes = zeroblob(128) WHERE place = 7',
      'transparency_3: place 7 is different in hashes',
    ],
    ['a missing leaf', 'DELETE FROM transparency_3 WHERE place = 102', 'transparency_3: place 102 is missing'],
    [
      'a changed event',
      "UPDATE history_5 SET actor = 'somebody else' WHERE position = 7",
      'history_5: position 7 is different in actor',
    ],
    [
      'an event at another place',
      'UPDATE history_5 SET position = 1000 WHERE position = 9',
      'history_5: position 9 is missing\n  history_5: position 1000 is extra',
    ],
  ])('is found and named, and repaired on request: %s', async (_what, sql, named) => {
    const directory = copy();
    damage(directory, sql);
    const { code, stdout } = await replay(directory, '--repair');
    expect(stdout).toContain(`  ${named}\n`);
    expect(stdout.match(/: differs: the living one is sha256 [0-9a-f]{64}\n/g)).toHaveLength(1);
    expect(stdout).toMatch(new RegExp(`^${named.split('_')[0]}_\\d: repaired, filled anew from the log\n`, 'm'));
    expect(code).toBe(0);
    expect(rowsIn(directory)).toEqual(rowsIn(filled));
  });

  it('is named row by row, ten of a table at most', async () => {
    const directory = copy();
    damage(directory, "UPDATE history_5 SET actor = 'somebody else'", 'DELETE FROM transparency_3');
    const { code, stdout } = await replay(directory);
    expect(code).toBe(1);
    expect(stdout.match(/^ {2}history_5: position \d+ is different in actor$/gm)).toHaveLength(10);
    expect(stdout).toContain('  history_5: and 93 more\n');
    expect(stdout.match(/^ {2}transparency_3: place \d+ is missing$/gm)).toHaveLength(10);
    expect(stdout).toMatch(/^keys_5: .*: equal$/m);
  });

  it('never shows what is in a row', async () => {
    const directory = copy();
    damage(directory, "UPDATE keys_5 SET secretHash = x'ab'", 'UPDATE keys_5_accounts SET keys = \'["a name"]\'');
    const { stdout } = await replay(directory);
    expect(stdout).toContain('is different in secretHash');
    expect(stdout).not.toMatch(/\bab\b|a name/i);
  });
});

it('needs no lock without --repair: it ends while another process is writing', async () => {
  const directory = copy();
  const writer = new Database(join(directory, 'projections.db'));
  writer.exec('BEGIN IMMEDIATE; DELETE FROM history_5;');
  expect(await replayAside(directory)).toMatchObject({ code: 0, stdout: expect.stringMatching(/^history_5: .* equal$/m) });
  writer.close();
});

it('writes nothing without --repair', async () => {
  const directory = copy();
  damage(directory, 'UPDATE keys_5 SET deletedAt = NULL', 'DELETE FROM history_5');
  const bytes = () => ['keys.db', 'projections.db'].map((name) => readFileSync(join(directory, name), 'base64'));
  const before = bytes();
  const files = readdirSync(directory);
  expect((await replay(directory)).code).toBe(1);
  expect(bytes()).toEqual(before);
  expect(readdirSync(directory)).toEqual(files);
});

it('puts right what a running server reads, which answers nothing from what was wrong, and then goes on', async () => {
  const world = await openWorld({ dataDirectory: copy() });
  const directory = world.config.dataDirectory;
  const client = await world.client({});
  const dead = await client.newKey({ name: 'a key', scopes: ['read'] });
  const { key } = dead;
  const other = await client.newKey();
  await client.deleteKey(key.keyId);
  expect(await statusOf(world, dead)).toBe(401);

  damage(directory, `UPDATE keys_5 SET deletedAt = NULL, scopes = '["admin"]' WHERE keyId = '${key.keyId}'`);
  await untilFilled(world);
  expect((await replay(directory)).stdout).toContain(`keyId "${key.keyId}" is different in scopes, deletedAt`);
  expect(await statusOf(world, dead)).toBe(200);

  expect(await replayAside(directory, '--repair')).toMatchObject({ code: 0, stdout: expect.stringContaining('repaired, ') });
  expect(await statusOf(world, dead)).not.toBe(200);
  await untilFilled(world);
  expect(await statusOf(world, dead)).toBe(401);

  const third = await client.newKey();
  const { keys } = await client.readAccount();
  expect(keys.map(({ keyId }) => keyId)).toEqual([other.key.keyId, third.key.keyId]);
  expect((await client.createKey()).__typename).toBe('KeyLimitReached');
  expect(await replay(directory)).toMatchObject({ code: 0 });
  expect(world.log()).not.toMatch(/"level":"error"/);
});

it('leaves usage as it is, whose old events an operator may have removed', async () => {
  const directory = copy();
  const database = new Database(join(directory, 'projections.db'));
  database.prepare("INSERT INTO usage_2 VALUES ('key_0000000000000000000000', '2026-01-01', 7)").run();
  const { code, stdout } = await replay(directory, '--repair');
  expect(code).toBe(1);
  expect(stdout).toContain('usage_2: left as it is');
  expect(database.prepare('SELECT count(*) FROM usage_2').pluck().get()).toBe(1);
  database.close();
});

describe("the analysts' file", () => {
  it.each<[what: string, sql: string, named: RegExp]>([
    [
      'a changed count',
      'UPDATE activity_5_quarters SET created = created + 1 WHERE start = (SELECT min(start) FROM activity_5_quarters)',
      /^ {2}activity_5_quarters: start \d+ is different in created$/m,
    ],
    [
      'a missing account',
      'DELETE FROM activity_5_accounts WHERE account = (SELECT min(account) FROM activity_5_accounts)',
      /^ {2}activity_5_accounts: account "[0-9a-f]{32}" is missing$/m,
    ],
    ['keys that live forever', 'UPDATE activity_5_keys SET endsAt = NULL', /^ {2}activity_5_keys: .* is different in endsAt$/m],
  ])('is compared too, and repaired on request: %s', async (_what, sql, named) => {
    const directory = copy();
    damage(directory, sql);
    const { code, stdout } = await replay(directory, '--repair');
    expect(stdout).toMatch(named);
    expect(stdout).toMatch(/^activity_5: repaired, filled anew from the log$/m);
    expect(code).toBe(0);
    expect(await replay(directory)).toMatchObject({ code: 0 });
  });

  it('is not compared under another key than it was filled with', async () => {
    const directory = copy();
    const key = { KEYLEDGER_PSEUDONYM_KEY: Buffer.alloc(32, 1).toString('base64') };
    const { code, stderr } = await here(['replay'], { KEYLEDGER_DATA: directory, ...key });
    expect(stderr).toMatch(/^ {2}activity_5 has tables that do not belong to this log: their pseudonyms were made/m);
    expect(code).toBe(1);
  });
});

it('compares a projection that is behind the log where it is, and says how far behind', async () => {
  const directory = copy();
  const store = new SqliteEventStore(join(directory, 'events.db'));
  await record(store, 'late', [created('c'), deleted('c'), created('d')]);
  await store.close();
  const { code, stdout } = await replay(directory);
  expect(stdout.match(/: 103 events up to position 103, 3 events behind the log, sha256 \w+: equal\n/g)).toHaveLength(4);
  expect(code).toBe(0);
});

it('compares a projection that nothing was ever applied to, such as usage that a server wrote when it stopped', async () => {
  const directory = copy();
  const store = new SqliteEventStore(join(directory, 'events.db'));
  await recordUsage(store, used([[id('a'), 1, 5, 5]], [[0, 1]]));
  await store.close();
  const { code, stdout, stderr } = await replay(directory);
  expect({ code, stderr }).toEqual({ code: 0, stderr: '' });
  expect(stdout).toMatch(/^usage_2: 0 events up to position 0, 1 event behind the log, sha256 \w+: equal$/m);
});

describe('says why there is nothing to compare, and ends with 1', () => {
  it.each<[why: string, prepare: (directory: string) => unknown, reason: RegExp]>([
    [
      'the projection has never run',
      (directory) => damage(directory, "DELETE FROM positions_1 WHERE projection = 'history_5'"),
      /^ {2}history_5 was never filled; start/m,
    ],
    ['it has no tables', (directory) => execute(directory, 'DROP TABLE history_5'), /^ {2}history_5 was never filled; start/m],
    [
      'its tables have another shape',
      (directory) => execute(directory, 'ALTER TABLE keys_5_idempotency ADD COLUMN x TEXT'),
      /^ {2}keys_5 has tables of another version in keys.db; start a server of this version: it fills/m,
    ],
    [
      'the file is no database',
      (directory) => writeFileSync(join(directory, 'projections.db'), 'no database '.repeat(100)),
      /not a database/,
    ],
    ['they were filled from another log', exchangeLog, /^keyledger: This is another event log: it begins with event/],
    ['they are ahead of the log', truncateLog, /^keyledger: The event log lacks 3 events at its end/],
  ])('%s', async (_why, prepare, reason) => {
    const directory = copy();
    await prepare(directory);
    for (const args of [[], ['--repair']]) {
      const { code, stdout, stderr } = await replay(directory, ...args);
      expect(stderr).toMatch(reason);
      expect({ code, stdout }).toEqual({ code: 1, stdout: '' });
    }
  });

  it.each<[why: string, prepare: (directory: string) => unknown, reason: string]>([
    ['has never run', (directory) => execute(directory, 'DROP TABLE history_5'), 'history_5 was never filled'],
    [
      'has tables of another shape',
      (directory) => execute(directory, 'ALTER TABLE keys_5_idempotency ADD COLUMN x TEXT'),
      'keys_5 has tables of another version in keys.db',
    ],
    [
      'has pseudonyms of another key',
      (directory) => writeFileSync(join(directory, 'pseudonym.key'), Buffer.alloc(32, 1).toString('base64')),
      'activity_5 has tables that do not belong to this log: their pseudonyms were made with another key',
    ],
  ])('a projection %s, and a server fills projections: then nobody needs to start one', async (_why, prepare, reason) => {
    const directory = copy();
    await prepare(directory);
    const filling = new Database(join(directory, 'filling.lock'));
    filling.exec('BEGIN EXCLUSIVE');
    const { code, stderr } = await replayAside(directory);
    filling.close();
    expect({ code, stderr }).toEqual({
      code: 1,
      stderr: expect.stringContaining(`  ${reason}; a server fills projections now; `),
    });
    expect(stderr).toContain('try again when GET /readyz shows the state ok for it');
    expect(stderr).not.toContain('start');
  });

  it('there are no projections, or no log', async () => {
    const directory = temporaryDirectory();
    expect(await replay(directory)).toMatchObject({ code: 1, stderr: expect.stringContaining('There is no log at') });
    copyFileSync(join(filled, 'events.db'), join(directory, 'events.db'));
    expect(await replay(directory)).toMatchObject({ code: 1, stderr: expect.stringContaining('There are no projections at') });
    for (const name of PROJECTION_FILES) expect(existsSync(join(directory, name))).toBe(false);
  });

  function execute(directory: string, sql: string): void {
    withProjections(directory, fileOf(projectionIn(sql)), (database) => database.exec(sql));
  }

  async function exchangeLog(directory: string): Promise<void> {
    truncateLog(directory, 0);
    const store = new SqliteEventStore(join(directory, 'events.db'));
    await record(store, 'other', [created('a')]);
    await store.close();
  }

  function truncateLog(directory: string, at = 100): void {
    const log = openLog(join(directory, 'events.db'));
    log.prepare('DELETE FROM events WHERE position > ?').run(at);
    log.close();
  }
});

it.each([['--force'], ['everything'], ['--repair=keys']])('refuses wrong usage with 2: %s', async (argument) => {
  const { code, stdout, stderr } = await replay(filled, argument);
  expect({ code, stdout }).toEqual({ code: 2, stdout: '' });
  expect(stderr).not.toBe('');
});
