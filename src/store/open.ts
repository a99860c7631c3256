import type { EventStore } from './event-store.js';
import { EventStoreDbEventStore } from './eventstoredb.js';
import { SqliteEventStore } from './sqlite.js';

/** Where the events are. */
export type StoreLocation = { kind: 'sqlite'; file: string } | { kind: 'eventstoredb'; connectionString: string };

/** @param onFatal told when the store can no longer tell what is on the disk; it must end the process */
export function openStore(location: StoreLocation, onFatal?: (error: Error) => void): EventStore {
  switch (location.kind) {
    case 'sqlite':
      return new SqliteEventStore(location.file, onFatal);
    case 'eventstoredb':
      return new EventStoreDbEventStore(location.connectionString);
  }
}
