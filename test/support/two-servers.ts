import { copyFileSync, mkdirSync } from 'node:fs';
import { join } from 'node:path';
import type { EventStore } from '../../src/store/event-store.js';
import { openStore } from '../../src/store/open.js';
import { temporaryDirectory } from './cleanup.js';
import { patientStore } from './eventstoredb.js';
import { type Server, startServer } from './server.js';

const shared = process.env.KEYLEDGER_TEST_ESDB;

/** The stores: files, and EventStoreDB. Without one, its `it` skips. */
export const STORES: [name: string, connectionString: string | undefined, it: jest.It][] = [
  ['SQLite', undefined, it],
  ['EventStoreDB', shared, shared === undefined ? it.skip : it],
];

/** The settings that lead to the store; SQLite needs none. */
export function storeSettings(connectionString: string | undefined): Record<string, string> {
  return connectionString === undefined ? {} : { KEYLEDGER_STORE: connectionString };
}

/** Opens the log of servers with that data directory, beside them. It waits for late answers. */
export async function openLogOf(dataDirectory: string, connectionString: string | undefined): Promise<EventStore> {
  if (connectionString !== undefined) return patientStore(connectionString);
  return openStore({ kind: 'sqlite', file: join(dataDirectory, 'events.db') });
}

/**
 * Starts two processes over one store. On SQLite they share the data directory. On EventStoreDB each has its own, as on two machines, and
 * they share only the issuer's key.
 */
export async function startTwoServers(
  connectionString: string | undefined,
  env = {},
  first = temporaryDirectory(),
): Promise<[Server, Server]> {
  const settings = { ...storeSettings(connectionString), ...env };
  const one = await startServer(first, settings);
  if (connectionString === undefined) return [one, await startServer(first, settings)];
  const second = temporaryDirectory();
  mkdirSync(second, { recursive: true });
  copyFileSync(join(first, 'issuer.jwk'), join(second, 'issuer.jwk'));
  return [one, await startServer(second, settings)];
}
