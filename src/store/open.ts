import { openUnlocked } from '../shared/until-unlocked.js';
import type { EventStore } from './event-store.js';
import type { EventStoreDbOptions } from './eventstoredb/eventstoredb.js';
import { SqliteEventStore, type SqliteOptions } from './sqlite/sqlite.js';

/** Where the events are. */
export type StoreLocation = { kind: 'sqlite'; file: string } | { kind: 'eventstoredb'; connectionString: string };

/** Each store takes those that concern it. */
export type OpenStoreOptions = SqliteOptions &
  EventStoreDbOptions & {
    /** Called with the SQLite file if another process has it locked for longer than a moment. */
    onLocked?: (file: string) => void;
  };

/**
 * Opens the store. The EventStoreDB client is large, so it is loaded only if needed.
 * @throws OldFormat, FileLocked, Error if this program cannot work with what is there
 */
export async function openStore(
  location: StoreLocation,
  { onFatal, staleness, callLimit, onLocked }: OpenStoreOptions = {},
): Promise<EventStore> {
  switch (location.kind) {
    case 'sqlite': {
      const { file } = location;
      const open = () => new SqliteEventStore(file, { onFatal, staleness });
      return openUnlocked(file, open, () => onLocked?.(file));
    }
    case 'eventstoredb': {
      const { EventStoreDbEventStore } = await import('./eventstoredb/eventstoredb.js');
      const store = new EventStoreDbEventStore(location.connectionString, { staleness, callLimit });
      await store.check().catch(async (error: unknown) => {
        await store.close();
        throw error;
      });
      return store;
    }
  }
}
