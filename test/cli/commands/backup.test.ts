import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { cpSync, existsSync, mkdirSync, readdirSync, readFileSync, renameSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { noteEntry } from '../../../src/domain/transparency/note-file.js';
import Database from '../../../src/shared/sqlite.js';
import { SqliteEventStore } from '../../../src/store/sqlite/sqlite.js';
import { hasEnded } from '../../support/child.js';
import { newAccount, temporaryDirectory } from '../../support/cleanup.js';
import type { Client } from '../../support/client.js';
import { directoryWith, eventsIn, exported, fileOf, noteFor } from '../../support/exports.js';
import { record } from '../../support/histories.js';
import { rounds } from '../../support/long.js';
import { untilMidway } from '../../support/midway.js';
import { untilClosed, untilProjected } from '../../support/readiness.js';
import { startServer } from '../../support/server.js';
import { created } from '../../support/specification.js';
import { type HeldKey, statusOf } from '../../support/verify.js';
import { openWorld } from '../../support/world.js';
import { here } from '../here.js';
import { COMMAND, keyledger } from '../run.js';

/** How many keys are created and deleted before a backup is made, while more are. */
const DELETED = rounds(20, 5000);
const WRITERS = 4;

function run(command: string, dataDirectory: string, ...args: string[]) {
  return here([command, ...args], { KEYLEDGER_DATA: dataDirectory });
}

/** Runs the command in a process of its own, beside services that run. */
function runAside(command: string, dataDirectory: string, ...args: string[]) {
  return keyledger([command, ...args], { KEYLEDGER_DATA: dataDirectory });
}

/** A directory that does not exist yet. */
function newDirectory(name = 'new'): string {
  return join(temporaryDirectory(), name);
}

interface BackedUp {
  dataDirectory: string;
  backup: string;
  held: HeldKey;
  account: string;
}

let original: BackedUp;
beforeAll(async () => {
  const dataDirectory = temporaryDirectory();
  const world = await openWorld({ dataDirectory });
  const client = await world.client({});
  const held = await client.newKey();
  await untilProjected(world);
  await world.stop();
  const backup = newDirectory();
  expect(await run('backup', dataDirectory, backup)).toMatchObject({ code: 0, stderr: '' });
  original = { dataDirectory, backup, held, account: client.account };
});

/** A data directory with an account that has a key, covered by a checkpoint; and a backup of it. */
function backedUp(): BackedUp {
  const [dataDirectory, backup] = [newDirectory(), newDirectory()];
  cpSync(original.dataDirectory, dataDirectory, { recursive: true, verbatimSymlinks: true });
  cpSync(original.backup, backup, { recursive: true, verbatimSymlinks: true });
  return { ...original, dataDirectory, backup };
}

interface Acknowledged {
  created: string[];
  deleted: string[];
}

async function createAndDelete(client: Client, acknowledged: Acknowledged, until: () => boolean): Promise<void> {
  while (!until()) {
    const { key } = await client.newKey();
    acknowledged.created.push(key.keyId);
    await client.deleteKey(key.keyId);
    acknowledged.deleted.push(key.keyId);
    await delay(2);
  }
}

it(`is sound when it is made under load, after ${DELETED} keys were created and deleted: restored elsewhere and recovered, it holds all that was acknowledged before`, async () => {
  const server = await startServer(temporaryDirectory());
  const acknowledged: Acknowledged = { created: [], deleted: [] };
  const clients = await Promise.all(Array.from({ length: WRITERS }, () => server.client(newAccount())));
  let isOver = false;
  const writers = Promise.all(clients.map((client) => createAndDelete(client, acknowledged, () => isOver)));
  await untilMidway(
    writers,
    () => acknowledged.deleted.length >= DELETED,
    () => delay(5),
  );
  const before: Acknowledged = { created: [...acknowledged.created], deleted: [...acknowledged.deleted] };
  const backup = newDirectory();
  expect(await runAside('backup', server.dataDirectory, backup)).toMatchObject({ code: 0 });
  await untilMidway(
    writers,
    () => acknowledged.created.length > before.created.length,
    () => delay(5),
  );
  isOver = true;
  await writers;
  await server.end('SIGTERM');

  const elsewhere = newDirectory();
  expect(await runAside('restore', elsewhere, backup)).toMatchObject({ code: 0 });
  expect(await runAside('recover', elsewhere)).toMatchObject({
    code: 0,
    stdout: expect.stringContaining('The log is complete'),
  });
  const { stdout: history } = await run('export', elsewhere);
  const keys = fileOf((await run('log-key', elsewhere)).stdout);
  const kept = join(backup, 'checkpoints');
  const verified = await run(
    'verify-log',
    elsewhere,
    fileOf(history),
    '--public-key',
    keys,
    ...(existsSync(kept) ? ['--checkpoint', kept] : []),
  );
  expect(verified).toMatchObject({ code: 0 });
  const events = eventsIn(history.match(/[^\n]*\n/g) ?? []);
  const held = new Set(events.map(({ type, data }) => `${type} ${Reflect.get(data, 'keyId')}`));
  expect(before.created.filter((keyId) => !held.has(`KeyCreated ${keyId}`))).toEqual([]);
  expect(before.deleted.filter((keyId) => !held.has(`KeyDeleted ${keyId}`))).toEqual([]);
  const world = await openWorld({ dataDirectory: elsewhere });
  await world.stop();
});

it('holds the log, the checkpoints and the keys, which only their owner may read, also where the path has an apostrophe', async () => {
  const { dataDirectory } = backedUp();
  const backup = newDirectory("o'clock ?#%");
  expect(await run('backup', dataDirectory, backup)).toMatchObject({ code: 0, stdout: expect.stringContaining(backup) });
  expect(readdirSync(backup).sort()).toEqual(['checkpoints', 'events.db', 'issuer.jwk', 'log.key', 'pseudonym.key']);
  expect(statSync(backup).mode & 0o777).toBe(0o700);
  for (const name of readdirSync(backup)) {
    expect({ name, mode: statSync(join(backup, name)).mode & 0o777 }).toEqual({ name, mode: 0o600 });
    if (name !== 'events.db') expect(readFileSync(join(backup, name))).toEqual(readFileSync(join(dataDirectory, name)));
  }
});

it('is made in an empty directory alone, of a log that is there, and not of EventStoreDB', async () => {
  const { dataDirectory, backup } = backedUp();
  const before = readFileSync(join(backup, 'events.db'));
  expect(await run('backup', dataDirectory, backup)).toMatchObject({
    code: 2,
    stderr: expect.stringContaining('is not empty'),
  });
  expect(readFileSync(join(backup, 'events.db'))).toEqual(before);
  const nothing = temporaryDirectory();
  expect(await run('backup', nothing, newDirectory())).toMatchObject({
    code: 1,
    stderr: expect.stringContaining('There is no log'),
  });
  const esdb = { KEYLEDGER_DATA: dataDirectory, KEYLEDGER_STORE: 'esdb://127.0.0.1:1?tls=false' };
  for (const command of ['backup', 'restore']) {
    const { code, stderr } = await here([command, newDirectory()], esdb);
    expect({ code, stderr }).toEqual({
      code: 2,
      stderr: expect.stringContaining('in EventStoreDB, which this command cannot'),
    });
  }
});

it('stays closed once it is restored, whatever is asked, until it was recovered', async () => {
  const { backup, held } = backedUp();
  const data = newDirectory();
  const { code, stdout } = await run('restore', data, backup);
  expect({ code, stdout }).toEqual({
    code: 0,
    stdout: expect.stringMatching(/^Restored: 1 event, .*keyledger recover.*--accept-loss/),
  });
  const closed = await openWorld({ dataDirectory: data, unready: true });
  const message = await untilClosed(closed);
  expect(message).toContain(`restored from the backup ${backup}, whose last event is of 20`);
  expect(await statusOf(closed, held)).toBe(503);
  for (const [command, ...args] of [['export'], ['asof', '--at', '2999-01-01'], ['replay'], ['backup', newDirectory()]]) {
    expect(await run(command ?? '', data, ...args)).toMatchObject({
      code: 1,
      stdout: '',
      stderr: expect.stringContaining('was restored from'),
    });
  }
  expect(await statusOf(closed, held)).toBe(503);
  expect(await run('recover', data)).toMatchObject({
    code: 0,
    stdout: expect.stringContaining('Changes after the backup are not known'),
  });
  await closed.app.ready;
  expect(await statusOf(closed, held)).toBe(200);
});

it('goes on under a new origin where the loss of what came after it is accepted', async () => {
  const { backup, held } = backedUp();
  const data = newDirectory();
  await run('restore', data, backup);
  expect(await run('recover', data, '--accept-loss')).toMatchObject({
    code: 0,
    stdout: expect.stringMatching(/signed under a new origin: keyledger\/[0-9a-f-]{36}\/[0-9a-f-]{36}\n/),
  });
  const world = await openWorld({ dataDirectory: data });
  expect(await statusOf(world, held)).toBe(200);
});

describe('is not restored', () => {
  it('to a directory that is in use, or not empty', async () => {
    const { backup, dataDirectory } = backedUp();
    const running = await openWorld();
    const before = readdirSync(running.config.dataDirectory).sort();
    for (const directory of [running.config.dataDirectory, dataDirectory]) {
      const { code, stderr } = await run('restore', directory, backup);
      expect({ code, stderr }).toEqual({ code: 2, stderr: expect.stringContaining('is in use, or not empty') });
      expect(existsSync(join(directory, 'restored'))).toBe(false);
    }
    expect(readdirSync(running.config.dataDirectory).sort()).toEqual(before);
  });

  it('where it is none, or was broken off', async () => {
    const { backup } = backedUp();
    renameSync(join(backup, 'events.db'), join(backup, 'events.db.incomplete'));
    for (const directory of [backup, newDirectory('nowhere')]) {
      const data = newDirectory();
      expect(await run('restore', data, directory)).toMatchObject({
        code: 2,
        stderr: expect.stringContaining('is not a complete backup'),
      });
      expect(existsSync(data)).toBe(false);
    }
  });

  it.each<[what: string, harm: (backup: string) => unknown, said: RegExp]>([
    [
      'lacks events that were signed for',
      (backup) => new Database(join(backup, 'events.db')).exec('DELETE FROM events WHERE position > 10').close(),
      /does not hold the 20 events that its checkpoint of keyledger\/\S+ covers. Nothing was restored/,
    ],
    [
      'holds others',
      (backup) =>
        new Database(join(backup, 'events.db'))
          .exec("UPDATE events SET metadata = replace(metadata, 'owner', 'admin') WHERE position = 5")
          .close(),
      /does not hold the 20 events/,
    ],
    [
      'is another log',
      async (backup) => {
        rmSync(join(backup, 'events.db'));
        const store = new SqliteEventStore(join(backup, 'events.db'));
        await record(store, 'somebody', [created('x')]);
        await store.close();
      },
      /does not hold the 20 events/,
    ],
    ['is no log', (backup) => writeFileSync(join(backup, 'events.db'), 'no database '.repeat(1000)), /is not a database/],
  ])('where its log %s', async (_what, harm, said) => {
    const source = await directoryWith(Array.from({ length: 20 }, (_, place) => `account-${place % 3}`));
    writeFileSync(join(source, 'checkpoints'), noteEntry(noteFor(eventsIn(await exported(source)), 20)));
    const backup = newDirectory();
    expect(await run('backup', source, backup)).toMatchObject({ code: 0 });
    await harm(backup);
    const data = newDirectory();
    expect(await run('restore', data, backup)).toMatchObject({ code: 1, stdout: '', stderr: expect.stringMatching(said) });
    expect(readdirSync(data)).toEqual([]);
  });
});

/** Runs a restore, and kills it at that moment, or when it has ended. */
async function killedRestore(data: string, backup: string, hasCome: () => boolean): Promise<void> {
  const child = spawn(process.execPath, [COMMAND, 'restore', backup], {
    env: { ...process.env, KEYLEDGER_DATA: data },
    stdio: 'ignore',
  });
  const exit = once(child, 'exit');
  while (!hasEnded(child) && !hasCome()) await delay(1);
  child.kill('SIGKILL');
  await exit;
}

it('a restore that is killed leaves a closed directory, and can be run again', async () => {
  const { backup, held } = backedUp();
  const data = newDirectory();
  const filesIn = () => (existsSync(data) ? readdirSync(data) : []);
  const isHalfway = () => !readFileSync(join(data, 'restored'), 'utf8').includes('was restored');
  const MOMENTS = [
    () => filesIn().includes('restored'),
    () => filesIn().some((name) => ['issuer.jwk', 'log.key', 'checkpoints'].includes(name)),
    () => filesIn().some((name) => name.startsWith('events.db')),
    () => filesIn().includes('events.db'),
  ];
  for (const hasCome of MOMENTS) {
    // What an earlier restore has copied would be taken for what this one copies.
    for (const name of filesIn()) if (name !== 'restored') rmSync(join(data, name));
    await killedRestore(data, backup, hasCome);
    expect(filesIn()).toContain('restored');
    // The restore had ended before it was killed.
    if (!isHalfway()) break;
  }
  if (isHalfway()) expect(await run('restore', data, backup)).toMatchObject({ code: 0 });
  const halfway = newDirectory();
  cpSync(data, halfway, { recursive: true, verbatimSymlinks: true });
  writeFileSync(
    join(halfway, 'restored'),
    'This data directory is being restored from a backup, or the restore was broken off.\n',
  );
  const closed = await openWorld({ dataDirectory: halfway, unready: true });
  expect(await untilClosed(closed)).toContain('Run `keyledger restore` again');
  expect(await statusOf(closed, held)).toBe(503);
  await closed.stop();
  expect(await run('recover', halfway)).toMatchObject({ code: 1, stderr: expect.stringContaining('keyledger restore') });
  expect(await run('recover', data)).toMatchObject({ code: 0 });
  const world = await openWorld({ dataDirectory: data });
  expect(await statusOf(world, held)).toBe(200);
});

it.each(['', 'This data directory is being res'])(
  'a restore that is killed while it closes the directory can be run again, and nothing opens meanwhile: %j',
  async (text) => {
    const { backup } = backedUp();
    const data = temporaryDirectory();
    writeFileSync(join(data, 'restored'), text);
    expect(await run('recover', data)).toMatchObject({ code: 1, stderr: expect.stringContaining('keyledger restore') });
    expect(await run('restore', data, backup)).toMatchObject({ code: 0 });
    expect(await run('recover', data)).toMatchObject({ code: 0 });
    expect(await run('export', data)).toMatchObject({ code: 0, stdout: expect.stringContaining('KeyCreated') });
  },
);

it('puts a log back that was lost alone: what came after it is in the history of the data directory', async () => {
  const { dataDirectory, backup, held, account } = backedUp();
  const world = await openWorld({ dataDirectory });
  await (await world.client({ account })).deleteKey(held.key.keyId);
  await untilProjected(world);
  await world.stop();
  for (const suffix of ['', '-wal', '-shm']) rmSync(join(dataDirectory, `events.db${suffix}`), { force: true });
  cpSync(join(backup, 'events.db'), join(dataDirectory, 'events.db'));
  expect(await run('recover', dataDirectory)).toMatchObject({ code: 0, stdout: expect.stringMatching(/^Put back: 1 event\./) });
  const again = await openWorld({ dataDirectory });
  expect(await statusOf(again, held)).toBe(401);
});

it('a directory for backups may lie in the data directory', async () => {
  const { dataDirectory } = backedUp();
  mkdirSync(join(dataDirectory, 'backups'));
  expect(await run('backup', dataDirectory, join(dataDirectory, 'backups', 'today'))).toMatchObject({ code: 0 });
});

it('restored by two processes at once, it is restored once, and the other one says so', async () => {
  const { backup, held } = backedUp();
  const data = newDirectory();
  const outcomes = await Promise.all([runAside('restore', data, backup), runAside('restore', data, backup)]);
  expect(outcomes.sort((a, b) => Number(a.code) - Number(b.code))).toEqual([
    expect.objectContaining({ code: 0, stdout: expect.stringContaining('Restored: 1 event') }),
    expect.objectContaining({ code: 2, stderr: expect.stringContaining('is restored already') }),
  ]);
  expect(readdirSync(data).sort()).toEqual([...readdirSync(backup), 'restored'].sort());
  expect(await run('recover', data)).toMatchObject({ code: 0 });
  const world = await openWorld({ dataDirectory: data });
  expect(await statusOf(world, held)).toBe(200);
});
