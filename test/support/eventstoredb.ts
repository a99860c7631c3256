import { join } from 'node:path';
import type { EventStore } from '../../src/store/event-store.js';
import { EventStoreDbEventStore } from '../../src/store/eventstoredb/eventstoredb.js';
import { SqliteEventStore } from '../../src/store/sqlite/sqlite.js';
import { EventStoreDbServer, isInstalled } from './eventstoredb-server.js';
import { cleanUpAfterTest, cleanUpLater, temporaryDirectory } from './world.js';

/** Opens a store; the same directory gives the same log. Of EventStoreDB, a process opens one at a time. */
export type OpenStore = (directory: string) => EventStore;

/** Not the one that whole Keyledgers are tested on: what these tests write would stop its projections, as it should. */
const shared = process.env.KEYLEDGER_TEST_ESDB_SCRATCH ?? process.env.KEYLEDGER_TEST_ESDB;

/** One line for each adapter, for `describe.each(stores)('%s', (_name, open, it) => …)`; where there is no server, `it` skips. */
export const stores: [name: string, open: OpenStore, it: jest.It][] = [
  ['SQLite', (directory) => new SqliteEventStore(join(directory, 'events.db')), it],
  [':memory:', () => new SqliteEventStore(':memory:'), it],
  ['EventStoreDB', () => openEventStoreDb(sharedServer()), shared === undefined ? it.skip : it],
];

/** For suites on the shared EventStoreDB; skipped where there is none. */
export const describeEsdb = shared === undefined ? describe.skip : describe;

/** For suites that start servers of their own; skipped where none is installed. */
export const describeOwnEsdb = isInstalled() ? describe : describe.skip;

/** The only store of this kind in the process; whatever becomes of the test that opens it, it ends with that. */
export function openEventStoreDb(connectionString: string): EventStore {
  const store = new EventStoreDbEventStore(connectionString);
  cleanUpAfterTest(() => store.close());
  return store;
}

/** The connection string of the server that all test files share. */
export function sharedServer(): string {
  if (shared === undefined) throw new Error('There is no EventStoreDB.');
  return shared;
}

/** A server of one's own, ready; it ends after the test file. On disk it survives being killed. */
export async function ownServer({ onDisk = false } = {}): Promise<EventStoreDbServer> {
  const server = await EventStoreDbServer.start(onDisk ? temporaryDirectory() : undefined);
  cleanUpLater(() => server.kill());
  return server;
}
