import { join } from 'node:path';
import type { EventStore } from '../../src/store/event-store.js';
import { EventStoreDbEventStore } from '../../src/store/eventstoredb/eventstoredb.js';
import { SqliteEventStore } from '../../src/store/sqlite/sqlite.js';
import { cleanUpLater, temporaryDirectory } from './cleanup.js';
import { EventStoreDbServer, isInstalled } from './eventstoredb-server.js';
import { describeWhenLong, itWhenLong } from './long.js';

/**
 * The staleness that stores of tests are opened with, in milliseconds. A follower then asks four times as often whether there is nothing
 * further, so that a test which waits for that is quick.
 */
const STALENESS = 2000;

/** How long stores of tests wait for an answer, in milliseconds. The servers of tests answer late, but they answer: the machine is busy. */
const PATIENCE = 60_000;

/** Opens a store; the same directory gives the same log. A process can have only one EventStoreDB store open at a time. */
export type OpenStore = (directory: string) => EventStore;

/** Not the server for tests of whole Keyledgers: the events of these tests would stop its projections, as they should. */
const shared = process.env.KEYLEDGER_TEST_ESDB_SCRATCH ?? process.env.KEYLEDGER_TEST_ESDB;

/** The rows of the stores that need no server. */
const embedded: [name: string, open: OpenStore, it: jest.It][] = [
  ['SQLite', (directory) => new SqliteEventStore(join(directory, 'events.db')), it],
  [':memory:', () => new SqliteEventStore(':memory:'), it],
];

/** One row for each adapter, for `describe.each(stores)('%s', (_name, open, it) => …)`. Without a server, `it` skips. */
export const stores: typeof embedded = [
  ...embedded,
  ['EventStoreDB', () => openEventStoreDb(sharedServer()), shared === undefined ? it.skip : it],
];

/**
 * Like `stores`, but each log is the test file's own: for tests that write much, which would slow down others on a shared server. An
 * EventStoreDB of its own starts in a long run only.
 */
export const ownStores: [name: string, open: (directory: string) => EventStore | Promise<EventStore>, it: jest.It][] = [
  ...embedded,
  [
    'EventStoreDB',
    async () => patientStore((await ownServer()).connectionString, STALENESS),
    isInstalled() ? itWhenLong : it.skip,
  ],
];

/** For suites on the shared EventStoreDB; skipped if there is none. */
export const describeEsdb = shared === undefined ? describe.skip : describe;

/** For suites that start servers of their own, in a long run; skipped if none is installed. */
export const describeOwnEsdb = isInstalled() ? describeWhenLong : describe.skip;

/**
 * Opens the only store of this kind in the process, for tests that write and read on a healthy server: neither the store nor its client
 * gives up a call because the machine is busy.
 */
export function patientStore(connectionString: string, staleness?: number): EventStoreDbEventStore {
  const patience = `defaultDeadline=${PATIENCE}&keepAliveTimeout=${PATIENCE}`;
  const patient = `${connectionString}${connectionString.includes('?') ? '&' : '?'}${patience}`;
  return new EventStoreDbEventStore(patient, { staleness, callLimit: PATIENCE });
}

/** Opens such a store. It is closed at the end of the test, even if the test fails. */
export function openEventStoreDb(connectionString: string): EventStore {
  const store = patientStore(connectionString, STALENESS);
  cleanUpLater(() => store.close());
  return store;
}

/** The connection string of the server that all test files share. */
export function sharedServer(): string {
  if (shared === undefined) throw new Error('There is no EventStoreDB.');
  return shared;
}

/** Starts a separate server and waits until it is ready. It ends with the test. With `onDisk` its data survive a kill. */
export async function ownServer({ onDisk = false } = {}): Promise<EventStoreDbServer> {
  const server = await EventStoreDbServer.start(onDisk ? temporaryDirectory() : undefined);
  cleanUpLater(() => server.kill());
  return server;
}
