import { lstatSync, readdirSync, readlinkSync, rmSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { USAGE } from '../../src/projections/engine/names.js';
import { openLog } from '../../src/store/sqlite/sqlite-file.js';
import { streamOf } from '../../src/store/streams.js';
import { eventsOf, type Past, writeHistory } from '../bench/support/history.js';
import { COMMAND, keyledger } from '../cli/run.js';
import { hasEnded } from '../support/child.js';
import { temporaryDirectory } from '../support/cleanup.js';
import { ownServer, patientStore } from '../support/eventstoredb.js';
import { isInstalled } from '../support/eventstoredb-server.js';
import { withProjections } from '../support/late-projections.js';
import { describeWhenLong, isLong, itWhenLong } from '../support/long.js';
import { renameTables } from '../support/older-tables.js';
import { PROJECTION_FILES } from '../support/projection-files.js';
import { readinessOf, untilFilled } from '../support/readiness.js';
import { launchServer, type Server, startServer, whileLiving, written } from '../support/server.js';
import { canMount, MOUNTING } from '../support/small-disk.js';
import { storeSettings } from '../support/two-servers.js';
import { statusOf } from '../support/verify.js';
import { openFilledWorld } from '../support/world.js';

/** So many that a start has the files filled by a thread. */
const PASTS: Past[] = Array.from({ length: 900 }, (_, index) => ({ account: `account-${index}`, events: 10 }));

/** Fills a log with the pasts. Resolves with the settings that lead there. */
async function writeSqlite(directory: string): Promise<Record<string, string>> {
  const log = openLog(join(directory, 'events.db'));
  writeHistory(log, PASTS);
  log.close();
  return {};
}

async function writeEventStoreDb(): Promise<Record<string, string>> {
  const { connectionString } = await ownServer();
  const store = patientStore(connectionString);
  const pasts = PASTS.values();
  const write = async () => {
    for (const past of pasts) await store.append(streamOf('apiKeys', past.account), 0, [...eventsOf(past)]);
  };
  await Promise.all(Array.from({ length: 32 }, write));
  await store.close();
  const keys = { KEYLEDGER_LOG_KEY: 'A'.repeat(43), KEYLEDGER_PSEUDONYM_KEY: 'B'.repeat(43) };
  return { ...keys, ...storeSettings(connectionString) };
}

const NEW = /^(?:keys|projections|analytics)\.db\.[0-9a-f]{8}$/;
const newFiles = (directory: string) => readdirSync(directory).filter((name) => NEW.test(name));
const isLink = (directory: string, name: string) =>
  lstatSync(join(directory, name), { throwIfNoEntry: false })?.isSymbolicLink() ?? false;

/** The filled file that has the name; empty if there is none. */
const holderOf = (directory: string, name: string) => (isLink(directory, name) ? readlinkSync(join(directory, name)) : '');
const sizeOf = (directory: string, name: string) => statSync(join(directory, name), { throwIfNoEntry: false })?.size ?? 0;

/** `files` are those that were not there when the server started. */
const MOMENTS: [moment: string, isReached: (directory: string, files: string[]) => boolean][] = [
  ['as it begins', (_directory, files) => files.length > 0],
  ['in the middle', (directory, files) => files.some((name) => sizeOf(directory, name) > 100_000)],
  ['as the first file takes its place', (directory, files) => files.includes(holderOf(directory, 'keys.db'))],
  ['as the last file takes its place', (directory, files) => files.includes(holderOf(directory, 'analytics.db'))],
];

/** Has every file filled, and makes it one of an older version. */
async function leaveOldFiles(directory: string, settings: Record<string, string>): Promise<void> {
  const server = await startServer(directory, settings);
  await untilFilled(server);
  expect(await server.end('SIGTERM')).toBe(0);
  for (const name of PROJECTION_FILES) withProjections(directory, name, renameTables);
}

/** There are no files. */
async function leaveNothing(): Promise<void> {}

type Write = (directory: string) => Promise<Record<string, string>>;
const STORES: [name: string, write: Write, its: jest.It][] = [
  ['SQLite', writeSqlite, it],
  ['EventStoreDB', writeEventStoreDb, isInstalled() ? it : it.skip],
];
const BEFORE = [
  { files: 'its first files', leave: leaveNothing },
  { files: 'files in the place of old ones', leave: leaveOldFiles },
];
const ROWS = MOMENTS.flatMap(([moment, isReached]) => {
  return STORES.flatMap(([name, write, its]) => BEFORE.map((before) => ({ moment, isReached, name, write, its, ...before })));
});

describeWhenLong.each(ROWS)('a server on $name that is killed while it fills $files, $moment', (row) => {
  const { isReached, write, leave, its } = row;
  its('fills them at the next start, also where two start at once, and leaves no others', async () => {
    const directory = temporaryDirectory();
    const settings = await write(directory);
    await leave(directory, settings);
    const before = newFiles(directory);
    const killed = launchServer(directory, settings);
    const isNew = (name: string) => !before.includes(name);
    await whileLiving(killed, () => isReached(directory, newFiles(directory).filter(isNew)), 1);
    await killed.end('SIGKILL');
    const holder = holderOf(directory, 'keys.db');
    const isKept = holder !== '' && isNew(holder);
    const servers = await Promise.all([1, 2].map(() => startServer(directory, settings)));
    for (const server of servers) await untilFilled(server);
    for (const server of servers) expect(await server.end('SIGTERM')).toBe(0);
    const replayed = await keyledger(['replay'], { KEYLEDGER_DATA: directory, ...settings });
    expect(replayed).toMatchObject({ code: 0, stderr: '' });
    for (const name of PROJECTION_FILES) expect(isLink(directory, name)).toBe(true);
    // Keys that had their place are good: only the other files are filled.
    expect(holderOf(directory, 'keys.db') === holder).toBe(isKept);
    expect(newFiles(directory)).toHaveLength(3);
  });
});

itWhenLong(
  'where the disk has no room for a file, all others are filled and serve; it is filled once there is room',
  async () => {
    const directory = temporaryDirectory();
    await writeSqlite(directory);
    // In KiB: more than the file of keys needs, and less than that of the history.
    const limited = ['/bin/bash', '-c', 'ulimit -f 4000; exec "$0" "$@"', process.execPath, COMMAND];
    const server = await startServer(directory, {}, undefined, [], limited);
    await untilFilled(server, 'keys', 'activity');
    await written(server, /projections\.db could not be filled/);
    expect(isLink(directory, 'keys.db')).toBe(true);
    expect(isLink(directory, 'projections.db')).toBe(false);
    await (await server.client()).newKey();
    expect((await readinessOf(server)).body.projections.history?.state).not.toBe('ok');
    expect(await server.end('SIGTERM')).toBe(0);
    const again = await startServer(directory);
    await untilFilled(again);
    expect(newFiles(directory)).toHaveLength(3);
  },
);

/** Copies the data directory to a disk that has room for so many KiB more, and a ballast beside it. Then it runs the program there. */
const ON_SMALL_DISK = `
  set -e
  size=$(($(du -sk "$FROM" | cut -f 1) + ROOM))
  mount -t tmpfs -o size=$((size + BALLAST))k tmpfs "$KEYLEDGER_DATA"
  cp -a "$FROM/." "$KEYLEDGER_DATA"
  head -c $((BALLAST * 1024)) /dev/zero > "$KEYLEDGER_DATA/ballast"
  exec "$0" "$@"`;

(isLong && canMount() ? it : it.skip)(
  'where the disk is full in the middle of a fill, the old file goes on answering; it is replaced once there is room',
  async () => {
    const [prepared, small] = [temporaryDirectory(), temporaryDirectory()];
    await writeSqlite(prepared);
    const before = await openFilledWorld({ dataDirectory: prepared });
    const held = await (await before.client({})).newKey();
    expect(await statusOf(before, held)).toBe(200);
    await before.app.write.uses.flush();
    while (!isChanged(prepared, `UPDATE ${USAGE} SET count = count`)) await delay(25);
    await before.stop();
    // The usage is to be filled anew. All other tables of its file are sound.
    expect(isChanged(prepared, `DELETE FROM positions_1 WHERE projection = '${USAGE}'`)).toBe(true);
    const settings = { FROM: prepared, KEYLEDGER_DATA: small, ROOM: '4000', BALLAST: '40000' };
    const program = [...MOUNTING, '/bin/sh', '-c', ON_SMALL_DISK, process.execPath, COMMAND];
    const server = await startServer(prepared, settings, undefined, [], program);
    await written(server, /projections\.db could not be filled: SqliteError: database or disk is full/);

    expect(await statusOf(server, held)).toBe(200);
    const owner = await server.client();
    const created = await eventually(server, () => owner.newKey());
    const auditor = await server.client(undefined, { role: 'auditor' });
    const question = `{ events(first: 9, filter: {account: "${owner.account}"}) { edges { node { version } } } }`;
    await eventually(server, async () => {
      const { data, errors } = await auditor.send(question);
      expect({ data, errors }).toEqual({ data: { events: { edges: [{ node: { version: 1 } }] } } });
    });
    const { history, usage } = (await readinessOf(server)).body.projections;
    expect(history?.state).toBe('ok');
    expect(usage?.state).not.toBe('ok');

    rmSync(`/proc/${server.process.pid}/root${join(small, 'ballast')}`);
    await untilFilled(server);
    expect(await statusOf(server, created)).toBe(200);
    expect(await server.end('SIGTERM')).toBe(0);
  },
);

/** Changes the file of most projections. Returns whether it had such rows. */
function isChanged(directory: string, statement: string): boolean {
  let changes = 0;
  withProjections(directory, 'projections.db', (database) => {
    changes = database.prepare(statement).run().changes;
  });
  return changes > 0;
}

/** Tries again as long as it fails and the server lives: while the disk is full, nothing can be appended. */
async function eventually<T>(server: Server, attempt: () => Promise<T>): Promise<T> {
  for (;;) {
    try {
      return await attempt();
    } catch (error) {
      if (hasEnded(server.process)) throw error;
      await delay(25);
    }
  }
}
