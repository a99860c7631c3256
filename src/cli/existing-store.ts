import type { Config } from '../config.js';
import { isThere } from '../shared/is-there.js';
import type { EventStore } from '../store/event-store.js';
import { openStore, type StoreLocation } from '../store/open.js';
import { sayLocked } from './output/held-up.js';
import { requireSameLog } from './recover/same-log.js';

/**
 * How long a command waits for an answer of the store, in milliseconds: longer than a server does, for nobody waits for a command as for
 * a request.
 */
export const CALL_LIMIT = 10_000;

/** Opens the store, and says so if it must wait for another process. */
export function openPatiently(location: StoreLocation): Promise<EventStore> {
  return openStore(location, { callLimit: CALL_LIMIT, onLocked: sayLocked });
}

/**
 * Opens the configured store, runs the work with it and closes it.
 * @throws Error if there is no log yet: a reader should not create one
 * @throws LogMismatch if it is not the log of this data directory
 */
export async function withExistingStore<T>(
  { store: location, dataDirectory }: Config,
  work: (store: EventStore) => Promise<T>,
): Promise<T> {
  if (location.kind === 'sqlite' && !isThere(location.file)) {
    throw new Error(`There is no log at ${location.file}. Check KEYLEDGER_DATA and KEYLEDGER_STORE.`);
  }
  const store = await openPatiently(location);
  try {
    await requireSameLog(dataDirectory, store);
    return await work(store);
  } finally {
    await store.close();
  }
}
