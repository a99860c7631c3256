import { openUnlocked } from '../shared/until-unlocked.js';
import type { EventStore } from './event-store.js';
import { SqliteEventStore } from './sqlite/sqlite.js';

/** Where the events are. */
export type StoreLocation = { kind: 'sqlite'; file: string } | { kind: 'eventstoredb'; connectionString: string };

export interface OpenStoreOptions {
  /** Told when the store can no longer tell what is on the disk; it must end the process. */
  onFatal?: ((error: Error) => void) | undefined;
  /** How often a follower must hear at the least that it has missed nothing, in milliseconds. */
  staleness?: number;
}

/**
 * Opens the store; the client of EventStoreDB, which is large, is loaded only where it is one.
 * @throws OldFormat, FileLocked, Error where this program cannot work with what is there
 */
export async function openStore(location: StoreLocation, { onFatal, staleness }: OpenStoreOptions = {}): Promise<EventStore> {
  switch (location.kind) {
    case 'sqlite':
      return openUnlocked(location.file, () => new SqliteEventStore(location.file, onFatal));
    case 'eventstoredb': {
      const { EventStoreDbEventStore } = await import('./eventstoredb/eventstoredb.js');
      const store = new EventStoreDbEventStore(location.connectionString, staleness);
      await store.check().catch(async (error: unknown) => {
        await store.close();
        throw error;
      });
      return store;
    }
  }
}
