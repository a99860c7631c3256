import { newKeyMaterial } from '../../../src/domain/keys/secret.js';
import type { NewEvent } from '../../../src/store/event-store.js';
import { openLog } from '../../../src/store/sqlite/sqlite-file.js';
import { creation, deletion } from './events.js';

/** The start of the year, and its length, in milliseconds. */
export const YEAR_START = Date.parse('2025-01-01T00:00:00.000Z');
export const YEAR = 365 * 86_400_000;

interface Year {
  events: number;
  accounts: number;
  /** What every key may be used for. Long names make large events. */
  scopes?: string[];
}

/** Writes a year's log: the accounts take turns. Each holds two keys, and deletes the older to create another. */
export function writeYear(file: string, { events, accounts, scopes }: Year): void {
  const log = openLog(file);
  const insert = log.prepare(
    "INSERT INTO events (category, stream, version, id, type, schemaVersion, data, metadata) VALUES ('apiKeys', ?, ?, ?, ?, ?, ?, ?)",
  );
  const held = Array.from({ length: accounts }, (): string[] => []);
  log.transaction(() => {
    for (let place = 0; place < events; place += 1) {
      const version = Math.floor(place / accounts) + 1;
      const at = new Date(YEAR_START + Math.floor((place / events) * YEAR)).toISOString();
      const { id, type, schemaVersion, data, metadata } = next(version, held[place % accounts] ?? [], at, scopes);
      const stream = `apiKeys-account-${place % accounts}`;
      insert.run(stream, version, id, type, schemaVersion, JSON.stringify(data), JSON.stringify(metadata));
    }
  })();
  log.close();
}

function next(version: number, held: string[], at: string, scopes?: string[]): NewEvent {
  const oldest = held.length === 2 ? held.shift() : undefined;
  if (oldest !== undefined) return deletion(version, oldest, at);
  const key = newKeyMaterial();
  held.push(key.keyId);
  return creation(version, key, at, scopes);
}
