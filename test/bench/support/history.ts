import { join } from 'node:path';
import type { Database } from 'better-sqlite3';
import { type KeyMaterial, newKeyMaterial } from '../../../src/domain/keys/secret.js';
import type { NewEvent } from '../../../src/store/event-store.js';
import { openLog } from '../../../src/store/sqlite/sqlite-file.js';
import { creation, deletion } from './events.js';

/** An account's past: its first two events create keys, then it deletes and creates in turn. */
export interface Past {
  account: string;
  events: number;
}

/**
 * Writes pasts into an empty log, in a plausible order and in one transaction.
 * @param onCreated called with each key and its secret, which is stored nowhere else
 */
export function writeHistory(log: Database, pasts: Iterable<Past>, onCreated: (key: KeyMaterial) => void = () => {}): void {
  const insert = log.prepare(
    "INSERT INTO events (category, stream, version, id, type, schemaVersion, data, metadata) VALUES ('apiKeys', ?, ?, ?, ?, ?, ?, ?)",
  );
  log.transaction(() => {
    for (const past of pasts) {
      let version = 0;
      for (const { id, type, schemaVersion, data, metadata } of eventsOf(past, onCreated)) {
        version += 1;
        insert.run(`apiKeys-${past.account}`, version, id, type, schemaVersion, JSON.stringify(data), JSON.stringify(metadata));
      }
    }
  })();
}

/** Writes a log of that many events, ten on each account, into the data directory. */
export function writeLog(directory: string, events: number): void {
  const log = openLog(join(directory, 'events.db'));
  writeHistory(
    log,
    Array.from({ length: events / 10 }, (_, index) => ({ account: `account-${index}`, events: 10 })),
  );
  log.close();
}

/** The events of that past, as they would have been appended. */
export function* eventsOf({ events }: Past, onCreated: (key: KeyMaterial) => void = () => {}): Generator<NewEvent> {
  const held: string[] = [];
  for (let version = 1; version <= events; version += 1) yield next(version, held, onCreated);
}

function next(version: number, held: string[], onCreated: (key: KeyMaterial) => void): NewEvent {
  const oldest = held.length === 2 ? held.shift() : undefined;
  if (oldest !== undefined) return deletion(version, oldest);
  const key = newKeyMaterial();
  held.push(key.keyId);
  onCreated(key);
  return creation(version, key);
}
