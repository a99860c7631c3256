import { cpSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import Database from '../../src/shared/sqlite.js';
import type { EventStore } from '../../src/store/event-store.js';
import { EventStoreDbEventStore } from '../../src/store/eventstoredb/eventstoredb.js';
import { SqliteEventStore } from '../../src/store/sqlite/sqlite.js';
import { EventStoreDbServer, isInstalled } from './eventstoredb-server.js';
import { cleanUpLater, temporaryDirectory } from './world.js';

/** A log that can be reset to an earlier state, as from a backup. */
export interface RestorableLog {
  dataDirectory: string;
  /** The settings that lead to it. */
  env: Record<string, string>;
  /** Saves its present content. On EventStoreDB, nobody may use the log meanwhile. */
  keep(): Promise<void>;
  /** Restores the saved content; on SQLite, as a new file. */
  putBack(): Promise<void>;
  /** Opens it. No Keyledger in this process may use it at the same time. */
  open(): EventStore;
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
  };
}

/** Removes an SQLite file and its companions. */
export function removeLog(directory: string, name = 'events.db'): void {
  for (const suffix of ['', '-wal', '-shm']) rmSync(join(directory, name + suffix), { force: true });
}

async function eventStoreDbLog(): Promise<RestorableLog> {
  const [database, copy] = [join(temporaryDirectory(), 'db'), join(temporaryDirectory(), 'copy')];
  const server = await EventStoreDbServer.start(database);
  cleanUpLater(() => server.kill());
  const exchange = async (from: string, to: string) => {
    await server.kill();
    rmSync(to, { recursive: true, force: true });
    cpSync(from, to, { recursive: true });
    await server.start();
  };
  return {
    dataDirectory: temporaryDirectory(),
    env: { KEYLEDGER_STORE: server.connectionString, KEYLEDGER_LOG_KEY: Buffer.alloc(32, 7).toString('base64') },
    keep: () => exchange(database, copy),
    putBack: () => exchange(copy, database),
    open: () => new EventStoreDbEventStore(server.connectionString),
  };
}
