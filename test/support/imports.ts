import { join } from 'node:path';
import { KeysProjection } from '../../src/projections/keys/keys.js';
import Database from '../../src/shared/sqlite.js';
import { CATEGORIES, type EventStore } from '../../src/store/event-store.js';
import { SqliteEventStore } from '../../src/store/sqlite/sqlite.js';
import { temporaryDirectory } from './cleanup.js';
import { collect, untilAnswered } from './events.js';
import { patientStore } from './eventstoredb.js';
import type { EventStoreDbServer } from './eventstoredb-server.js';
import { recordPlaces } from './histories.js';

/** Opens the log of a directory while the work runs. */
export async function onSource<T>(directory: string, work: (store: SqliteEventStore) => Promise<T>): Promise<T> {
  const store = new SqliteEventStore(join(directory, 'events.db'));
  try {
    return await work(store);
  } finally {
    await store.close();
  }
}

/** Opens the log in EventStoreDB while the work runs. */
export async function onTarget<T>(
  { connectionString }: EventStoreDbServer,
  work: (store: EventStore) => Promise<T>,
): Promise<T> {
  const store = patientStore(connectionString);
  try {
    return await work(store);
  } finally {
    await store.close();
  }
}

/** A data directory whose log holds events of that many accounts in turn. */
export async function newSource(events: number, accounts = 50): Promise<string> {
  const directory = temporaryDirectory();
  const places = Array.from({ length: events }, (_, place) => `account-${place % accounts}`);
  await onSource(directory, (store) => recordPlaces(store, places));
  return directory;
}

/** The settings of an import from that directory. */
export function settings(
  directory: string,
  { connectionString }: Pick<EventStoreDbServer, 'connectionString'>,
): Record<string, string> {
  return { KEYLEDGER_DATA: directory, KEYLEDGER_STORE: connectionString };
}

/** Everything except positions and the times at which the store wrote, category by category. */
export async function contentOf(store: EventStore) {
  const categories = await Promise.all(CATEGORIES.map((category) => collect(store.readAll(category))));
  return categories.map((events) => events.map(({ position: _, committedAt: __, ...event }) => event));
}

/** Every row of the keys projection, filled from the store. */
async function tablesFrom(store: EventStore) {
  const database = new Database(':memory:');
  const projection = new KeysProjection(database);
  for await (const page of store.readAll('apiKeys')) projection.apply(page);
  const tables = ['keys_5', 'keys_5_accounts', 'keys_5_idempotency'];
  return tables.map((table) => database.prepare(`SELECT * FROM ${table} ORDER BY 1, 2`).raw().all());
}

/** Expects both logs to hold the same, and to give the same keys projection. */
export async function expectSameLog(directory: string, server: EventStoreDbServer): Promise<void> {
  const [content, tables] = await onSource(directory, (store) => Promise.all([contentOf(store), tablesFrom(store)]));
  await onTarget(server, async (store) => {
    expect(await untilAnswered(() => contentOf(store))).toEqual(content);
    expect(await untilAnswered(() => tablesFrom(store))).toEqual(tables);
  });
}

/** True if the log of that directory is sealed. */
export function isSealed(directory: string): boolean {
  const log = new Database(join(directory, 'events.db'), { readonly: true });
  const found = log.prepare("SELECT count(*) FROM sqlite_schema WHERE type = 'trigger' AND name = 'sealed'").pluck().get();
  log.close();
  return found === 1;
}
