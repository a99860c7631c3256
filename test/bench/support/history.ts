import type { Database } from 'better-sqlite3';
import { newKeyMaterial } from '../../../src/domain/secret.js';
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
    for (const { account, events } of pasts) {
      const held: string[] = [];
      for (let version = 1; version <= events; version += 1) {
        const { id, type, revision, data, metadata } = next(version, held);
        insert.run(`apiKeys-${account}`, version, id, type, revision, JSON.stringify(data), JSON.stringify(metadata));
      }
    }
  })();
}

function next(version: number, held: string[]) {
  const oldest = held.length === 2 ? held.shift() : undefined;
  if (oldest !== undefined) return deletion(version, oldest);
  const { keyId } = newKeyMaterial();
  held.push(keyId);
  return creation(version, keyId);
}
