import type { Database } from 'better-sqlite3';
import { decodeUsage } from '../store/codec.js';
import type { RecordedEvent } from '../store/event-store.js';
import { decodeEach } from './decode-each.js';
import type { Projection, Unread } from './projection.js';

/** `usage_1` counts each key's uses by day in UTC; `usage_1_last` knows when it was last used, in milliseconds since 1970. */
const SCHEMA = `
  CREATE TABLE IF NOT EXISTS usage_1 (
    keyId TEXT NOT NULL,
    day TEXT NOT NULL,
    count INTEGER NOT NULL,
    PRIMARY KEY (keyId, day)
  ) STRICT, WITHOUT ROWID;
  CREATE TABLE IF NOT EXISTS usage_1_last (
    keyId TEXT PRIMARY KEY,
    lastUsedAt INTEGER NOT NULL
  ) STRICT, WITHOUT ROWID;
`;

/** How often a key was used on a day in UTC, such as `2026-11-23`. */
export interface DailyUse {
  day: string;
  count: number;
}

/** How often each key was used, by day, and when last. */
export class UsageProjection implements Projection {
  readonly name = 'usage_1';
  readonly category = 'apiKeyUsage';
  readonly mayLoseOldEvents = true;
  readonly #database: Database;
  readonly #read;
  readonly #write;

  constructor(database: Database) {
    database.exec(SCHEMA);
    this.#database = database;
    this.#read = {
      last: database.prepare<[string], number>('SELECT lastUsedAt FROM usage_1_last WHERE keyId = ?').pluck(),
      daily: database.prepare<[string, string, string], DailyUse>(
        'SELECT day, count FROM usage_1 WHERE keyId = ? AND day BETWEEN ? AND ? ORDER BY day',
      ),
    };
    this.#write = {
      count: database.prepare('INSERT INTO usage_1 VALUES (?, ?, ?) ON CONFLICT DO UPDATE SET count = count + excluded.count'),
      last: database.prepare(
        'INSERT INTO usage_1_last VALUES (?, ?) ON CONFLICT DO UPDATE SET lastUsedAt = max(lastUsedAt, excluded.lastUsedAt)',
      ),
    };
  }

  /** Versions are not looked at: every event stands for itself, whatever was removed before it. */
  apply(events: RecordedEvent[]): Unread[] {
    const { read, unread } = decodeEach(events, decodeUsage);
    for (const { event: usage } of read) {
      if (usage.type !== 'KeysUsed') continue;
      for (const { keyId, count, lastUsedAt } of usage.data.uses) {
        this.#write.count.run(keyId, lastUsedAt.slice(0, 10), count);
        this.#write.last.run(keyId, Date.parse(lastUsedAt));
      }
    }
    return unread;
  }

  clear(): void {
    this.#database.exec('DELETE FROM usage_1; DELETE FROM usage_1_last;');
  }

  /** When the key was last used, in milliseconds since 1970; undefined where it never was. */
  lastUsedAt(keyId: string): number | undefined {
    return this.#read.last.get(keyId);
  }

  /** The days from the one to the other, both included, on which the key was used, the earliest first. */
  daily(keyId: string, from: string, to: string): DailyUse[] {
    return this.#read.daily.all(keyId, from, to);
  }
}
