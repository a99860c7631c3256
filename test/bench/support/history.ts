import type { Database } from 'better-sqlite3';
import { newKeyMaterial } from '../../../src/domain/secret.js';
import type { NewEvent } from '../../../src/store/event-store.js';
import { creation, deletion } from './events.js';

/** An account's past: its first two events create keys, then it deletes and creates in turn. */
export interface Past {
  account: string;
  events: number;
}

/** Writes that past into an empty log, as it would have come about, in one transaction. */
export function writeHistory(log: Database, pasts: Iterable<Past>): void {
  const insert = log.prepare(
    "INSERT INTO events (category, stream, version, id, type, revision, data, metadata) VALUES ('apiKeys', ?, ?, ?, ?, ?, ?, ?)",
  );
  log.transaction(() => {
    for (const past of pasts) {
      let version = 0;
      for (const { id, type, revision, data, metadata } of eventsOf(past)) {
        version += 1;
        insert.run(`apiKeys-${past.account}`, version, id, type, revision, JSON.stringify(data), JSON.stringify(metadata));
      }
    }
  })();
}

/** The events of that past, as they would have been appended. */
export function* eventsOf({ events }: Past): Generator<NewEvent> {
  const held: string[] = [];
  for (let version = 1; version <= events; version += 1) yield next(version, held);
}

function next(version: number, held: string[]): NewEvent {
  const oldest = held.length === 2 ? held.shift() : undefined;
  if (oldest !== undefined) return deletion(version, oldest);
  const { keyId } = newKeyMaterial();
  held.push(keyId);
  return creation(version, keyId);
}
