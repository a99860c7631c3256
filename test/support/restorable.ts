import { cpSync, readdirSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import Database from '../../src/shared/sqlite.js';
import type { EventStore } from '../../src/store/event-store.js';
import { SqliteEventStore } from '../../src/store/sqlite/sqlite.js';
import { cleanUpLater, temporaryDirectory } from './cleanup.js';
import { patientStore } from './eventstoredb.js';
import { EventStoreDbServer, isInstalled } from './eventstoredb-server.js';

/** A log that can be reset to an earlier state, as from a backup. */
export interface RestorableLog {
  dataDirectory: string;
  /** The settings that lead to it. */
  env: Record<string, string>;
  /** Saves its present content. Nobody may append meanwhile. */
  keep(): Promise<void>;
  /** Restores the saved content; on SQLite, as a new file. */
  putBack(): Promise<void>;
  /** Opens it. No Keyledger in this process may use it at the same time. */
  open(): EventStore;
  /** Ends its server, if it has one; otherwise that happens after the test, or after the file if the log was made outside a test. */
  end(): Promise<void>;
}

type MakeLog = () => Promise<RestorableLog>;

/** One row for each store. */
export const RESTORABLE: [name: string, make: MakeLog, it: jest.It][] = [
  ['SQLite', async () => sqliteLog(), it],
  ['EventStoreDB', eventStoreDbLog, isInstalled() ? it : it.skip],
];

/** The log of a data directory. */
export function sqliteLog(dataDirectory = temporaryDirectory()): RestorableLog {
  const file = join(dataDirectory, 'events.db');
  const copy = join(temporaryDirectory(), 'copy.db');
  return {
    dataDirectory,
    env: {},
    async keep() {
      rmSync(copy, { force: true });
      const log = new Database(file);
      log.prepare('VACUUM INTO ?').run(copy);
      log.close();
    },
    async putBack() {
      removeLog(dataDirectory);
      cpSync(copy, file);
    },
    open: () => new SqliteEventStore(file),
    async end() {},
  };
}

/** Removes an SQLite file and its companions. */
export function removeLog(directory: string, name = 'events.db'): void {
  for (const suffix of ['', '-wal', '-shm']) rmSync(join(directory, name + suffix), { force: true });
}

/** Files that are quickly copied. */
const SMALL = ['--chunk-size', String(4 * 1024 * 1024)];

async function eventStoreDbLog(): Promise<RestorableLog> {
  const [database, copy] = [join(temporaryDirectory(), 'db'), join(temporaryDirectory(), 'copy')];
  const server = await EventStoreDbServer.start(database, SMALL);
  cleanUpLater(() => server.kill());
  return {
    dataDirectory: temporaryDirectory(),
    env: { KEYLEDGER_STORE: server.connectionString, KEYLEDGER_LOG_KEY: Buffer.alloc(32, 7).toString('base64') },
    async keep() {
      rmSync(copy, { recursive: true, force: true });
      copyInUse(database, copy);
    },
    async putBack() {
      await server.kill();
      rmSync(database, { recursive: true, force: true });
      cpSync(copy, database, { recursive: true, verbatimSymlinks: true });
      await server.start();
    },
    open: () => patientStore(server.connectionString),
    end: () => server.kill(),
  };
}

/** Copies the database of a server that runs, as its documentation says: `chaser.chk` first, then the other checkpoints, then the rest. */
function copyInUse(from: string, to: string): void {
  const rank = (name: string) => (name === 'chaser.chk' ? 0 : name.endsWith('.chk') ? 1 : 2);
  const names = readdirSync(from).sort((one, other) => rank(one) - rank(other));
  for (const name of names) cpSync(join(from, name), join(to, name), { recursive: true, verbatimSymlinks: true });
}
