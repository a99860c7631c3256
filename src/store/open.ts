import { openUnlocked } from '../shared/until-unlocked.js';
import type { EventStore } from './event-store.js';
import { SqliteEventStore } from './sqlite/sqlite.js';

/** Where the events are. */
export type StoreLocation = { kind: 'sqlite'; file: string } | { kind: 'eventstoredb'; connectionString: string };

export interface OpenStoreOptions {
  /** Called if it is no longer known what is on the disk; it must end the process. */
  onFatal?: ((error: Error) => void) | undefined;
  /** The maximum time, in milliseconds, between a follower's proofs that it has missed nothing. */
  staleness?: number;
  /** The time limit of a call, in milliseconds, if the store is not on this machine. */
  callLimit?: number;
}

/**
 * Opens the store. The EventStoreDB client is large, so it is loaded only if needed.
 * @throws OldFormat, FileLocked, Error if this program cannot work with what is there
 */
export async function openStore(
  location: StoreLocation,
  { onFatal, staleness, callLimit }: OpenStoreOptions = {},
): Promise<EventStore> {
  switch (location.kind) {
    case 'sqlite':
      return openUnlocked(location.file, () => new SqliteEventStore(location.file, onFatal));
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
