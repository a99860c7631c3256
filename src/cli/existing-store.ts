import { existsSync } from 'node:fs';
import type { Config } from '../config.js';
import type { EventStore } from '../store/event-store.js';
import { openStore } from '../store/open.js';
import { requireSameLog } from './recover/same-log.js';

/**
 * Opens the configured store, works with it and closes it.
 * @throws Error where there is no log yet: who reads should not make one
 * @throws LogMismatch where it is not the one of this data directory
 */
export async function withExistingStore<T>(
  { store: location, dataDirectory }: Config,
  work: (store: EventStore) => Promise<T>,
): Promise<T> {
  if (location.kind === 'sqlite' && !existsSync(location.file)) {
    throw new Error(`There is no log at ${location.file}. Is KEYLEDGER_DATA right?`);
  }
  const store = await openStore(location);
  try {
    await requireSameLog(dataDirectory, store);
    return await work(store);
  } finally {
    await store.close();
  }
}
