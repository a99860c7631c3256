import type { Database } from 'better-sqlite3';
import { dayOf } from '../domain/key-usage.js';
import type { Pseudonyms } from '../domain/pseudonyms.js';
import { quarterOf } from '../domain/quarter.js';
import { decodeUsage } from '../store/codec.js';
import type { RecordedEvent } from '../store/event-store.js';
import { decodeEach } from './decode-each.js';
import type { Projection, Unread } from './projection.js';
import { figureColumns, SumTable } from './tally.js';

/** What is counted by quarter of an hour. */
const FIGURES = ['verifications', 'createsRefused'];

/**
 * `activity_usage_1` counts each key's verifications by day in UTC; `activity_usage_1_keys` knows when a key was first and last used;
 * `activity_usage_1_refusals` counts by day and account what the limit refused, and `activity_usage_1_quarters` counts both by
 * quarter of an hour. Times are in milliseconds since 1970.
 */
const SCHEMA = `
  CREATE TABLE IF NOT EXISTS activity_usage_1 (
    day TEXT NOT NULL, key TEXT NOT NULL, verifications INTEGER NOT NULL, PRIMARY KEY (day, key)
  ) STRICT, WITHOUT ROWID;
  CREATE TABLE IF NOT EXISTS activity_usage_1_keys (
    key TEXT PRIMARY KEY,
    firstUsedAt INTEGER NOT NULL,
    lastUsedAt INTEGER NOT NULL
  ) STRICT, WITHOUT ROWID;
  CREATE TABLE IF NOT EXISTS activity_usage_1_refusals (
    day TEXT NOT NULL, account TEXT NOT NULL, createsRefused INTEGER NOT NULL, PRIMARY KEY (day, account)
  ) STRICT, WITHOUT ROWID;
  CREATE TABLE IF NOT EXISTS activity_usage_1_quarters (start INTEGER PRIMARY KEY, ${figureColumns(FIGURES)}) STRICT;
`;

/** How keys are used and what the limit refuses; of accounts and keys, pseudonyms alone. */
export class ActivityUsageProjection implements Projection {
  readonly name = 'activity_usage_1';
  readonly category = 'apiKeyUsage';
  readonly mayLoseOldEvents = true;
  readonly pseudonyms: Pseudonyms;
  readonly #database: Database;
  readonly #days: SumTable;
  readonly #refusals: SumTable;
  readonly #quarters: SumTable;
  readonly #used;

  constructor(database: Database, pseudonyms: Pseudonyms) {
    database.exec(SCHEMA);
    this.#database = database;
    this.pseudonyms = pseudonyms;
    this.#days = new SumTable(database, { table: 'activity_usage_1', keys: ['day', 'key'], figures: ['verifications'] });
    this.#refusals = new SumTable(database, {
      table: 'activity_usage_1_refusals',
      keys: ['day', 'account'],
      figures: ['createsRefused'],
    });
    this.#quarters = new SumTable(database, { table: 'activity_usage_1_quarters', keys: ['start'], figures: FIGURES });
    this.#used = database.prepare(
      `INSERT INTO activity_usage_1_keys VALUES (?, ?, ?) ON CONFLICT DO UPDATE SET
       firstUsedAt = min(firstUsedAt, excluded.firstUsedAt), lastUsedAt = max(lastUsedAt, excluded.lastUsedAt)`,
    );
  }

  /** Versions are not looked at: every event stands for itself, whatever was removed before it. */
  apply(events: RecordedEvent[]): Unread[] {
    const { read, unread } = decodeEach(events, decodeUsage);
    const [days, refusals, quarters] = [this.#days.tally(), this.#refusals.tally(), this.#quarters.tally()];
    const used = new Map<string, { first: number; last: number }>();
    for (const { event } of read) {
      switch (event.type) {
        case 'KeysUsed':
          for (const { keyId, count, lastUsedAt } of event.data.uses) {
            const [key, at] = [this.pseudonyms.ofKey(keyId), Date.parse(lastUsedAt)];
            days.add([dayOf(at), key], 'verifications', count);
            quarters.add([quarterOf(at)], 'verifications', count);
            const { first, last } = used.get(key) ?? { first: at, last: at };
            used.set(key, { first: Math.min(first, at), last: Math.max(last, at) });
          }
          break;
        case 'CreatesRefused':
          for (const { account, count, lastRefusedAt } of event.data.refusals) {
            const at = Date.parse(lastRefusedAt);
            refusals.add([dayOf(at), this.pseudonyms.ofAccount(account)], 'createsRefused', count);
            quarters.add([quarterOf(at)], 'createsRefused', count);
          }
          break;
      }
    }
    for (const tally of [days, refusals, quarters]) tally.write();
    for (const [key, { first, last }] of used) this.#used.run(key, first, last);
    return unread;
  }

  clear(): void {
    for (const table of ['', '_keys', '_refusals', '_quarters']) this.#database.exec(`DELETE FROM activity_usage_1${table}`);
  }
}
