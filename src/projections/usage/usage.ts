import { DAY, dayOf } from '../../domain/usage/key-usage.js';
import { decodeUsage } from '../../store/codec.js';
import type { RecordedEvent } from '../../store/event-store.js';
import { writerOf } from '../../store/streams.js';
import type { Connection } from '../engine/connection.js';
import { decodeEach } from '../engine/decode-each.js';
import { USAGE } from '../engine/names.js';
import type { Projection, Unread } from '../engine/projection.js';
import { SumTable } from '../engine/tally.js';
import { OpenDays } from './open-days.js';

/**
 * The first table counts each key's uses by day in UTC; `…_last` holds when it was last used, in milliseconds since 1970. The other tables
 * are those of the days that are not totalled.
 */
const SCHEMA = `
  CREATE TABLE IF NOT EXISTS ${USAGE} (
    keyId TEXT NOT NULL,
    day TEXT NOT NULL,
    count INTEGER NOT NULL,
    PRIMARY KEY (keyId, day)
  ) STRICT, WITHOUT ROWID;
  CREATE TABLE IF NOT EXISTS ${USAGE}_last (
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
  readonly name = USAGE;
  readonly category = 'apiKeyUsage';
  readonly mayLoseOldEvents = true;
  readonly openDays: OpenDays;
  readonly #database: Connection;
  readonly #days: SumTable;
  readonly #read;
  readonly #write;

  constructor(database: Connection) {
    database.exec(SCHEMA);
    this.openDays = new OpenDays(database, this.name);
    this.#database = database;
    this.#days = new SumTable(database, { table: USAGE, keys: ['keyId', 'day'], figures: ['count'] });
    this.#read = {
      last: database.prepare<[string], number>(`SELECT lastUsedAt FROM ${USAGE}_last WHERE keyId = ?`).pluck(),
      lastDay: database
        .prepare<[string, string], string | null>(`SELECT max(day) FROM ${USAGE} WHERE keyId IN (?) AND day <= ?`)
        .pluck(),
      daily: database.prepare<[string, string, string], DailyUse>(
        `SELECT day, count FROM ${USAGE} WHERE keyId IN (?) AND day BETWEEN ? AND ? ORDER BY day`,
      ),
    };
    this.#write = database.prepare(
      `INSERT INTO ${USAGE}_last VALUES (?, ?) ON CONFLICT DO UPDATE SET lastUsedAt = max(lastUsedAt, excluded.lastUsedAt)`,
    );
  }

  /** Ignores versions: a record repeats all that its stream said before, and a total may replace streams that are gone. */
  apply(events: RecordedEvent[]): Unread[] {
    const { read, unread } = decodeEach(events, decodeUsage);
    const [days, open] = [this.#days.tally(), this.openDays.counts.batch()];
    const lastUsedAt = new Map<string, number>();
    for (const { event, stream, version } of read) {
      const writer = writerOf(stream);
      for (const { day, kind, counted, by } of open.take(event, writer)) {
        if (kind !== 'uses') continue;
        const [keyId, , , last] = counted;
        days.add([keyId, day], 'count', by);
        lastUsedAt.set(keyId, Math.max(lastUsedAt.get(keyId) ?? 0, Date.parse(day) + last));
      }
      this.openDays.record(event, writer, version);
    }
    open.write();
    days.write();
    for (const [keyId, last] of lastUsedAt) this.#write.run(keyId, last);
    return unread;
  }

  clear(): void {
    this.openDays.clear();
    this.#database.exec(`DELETE FROM ${USAGE}; DELETE FROM ${USAGE}_last;`);
  }

  /**
   * When the key was last used, as of that instant (both in milliseconds since 1970); undefined if it never was. If a clock that was ahead
   * dated a use later than that, only the day of the last other use is known, and the end of that day is returned.
   */
  lastUsedAt(keyId: string, now: number): number | undefined {
    const last = this.#read.last.get(keyId);
    if (last === undefined || last <= now) return last;
    const day = this.#read.lastDay.get(keyId, dayOf(now));
    return day ? Math.min(now, Date.parse(day) + DAY - 1) : now;
  }

  /** The days from the first to the last, both inclusive, on which the key was used, in ascending order. */
  daily(keyId: string, from: string, to: string): DailyUse[] {
    return this.#read.daily.all(keyId, from, to);
  }
}
