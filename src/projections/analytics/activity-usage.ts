import type { Pseudonyms } from '../../domain/analytics/pseudonyms.js';
import { QUARTER } from '../../domain/analytics/quarter.js';
import type { UsageKind } from '../../domain/usage/key-usage.js';
import { decodeUsage } from '../../store/codec.js';
import type { RecordedEvent } from '../../store/event-store.js';
import { writerOf } from '../../store/streams.js';
import type { Connection } from '../engine/connection.js';
import { decodeEach } from '../engine/decode-each.js';
import { ACTIVITY_USAGE } from '../engine/names.js';
import type { Projection, Unread } from '../engine/projection.js';
import { figureColumns, SumTable } from '../engine/tally.js';
import { OpenCounts } from './open-counts.js';

/** The figures that are counted by quarter of an hour. */
const FIGURES = ['verifications', 'createsRefused'];

/**
 * The first table counts each key's verifications by day in UTC; `…_keys` holds when a key was first and last used; `…_refusals` counts the
 * refusals by the limit by day and account; `…_quarters` counts both by quarter of an hour. Times are in milliseconds since 1970.
 * `…_open` holds what is not totalled yet.
 */
const SCHEMA = `
  CREATE TABLE IF NOT EXISTS ${ACTIVITY_USAGE} (
    day TEXT NOT NULL, key TEXT NOT NULL, verifications INTEGER NOT NULL, PRIMARY KEY (day, key)
  ) STRICT, WITHOUT ROWID;
  CREATE TABLE IF NOT EXISTS ${ACTIVITY_USAGE}_keys (
    key TEXT PRIMARY KEY,
    firstUsedAt INTEGER NOT NULL,
    lastUsedAt INTEGER NOT NULL
  ) STRICT, WITHOUT ROWID;
  CREATE TABLE IF NOT EXISTS ${ACTIVITY_USAGE}_refusals (
    day TEXT NOT NULL, account TEXT NOT NULL, createsRefused INTEGER NOT NULL, PRIMARY KEY (day, account)
  ) STRICT, WITHOUT ROWID;
  CREATE TABLE IF NOT EXISTS ${ACTIVITY_USAGE}_quarters (start INTEGER PRIMARY KEY, ${figureColumns(FIGURES)}) STRICT;
`;

/** The use of keys and the refusals by the limit. Accounts and keys appear only as pseudonyms. */
export class ActivityUsageProjection implements Projection {
  readonly name = ACTIVITY_USAGE;
  readonly category = 'apiKeyUsage';
  readonly mayLoseOldEvents = true;
  readonly pseudonyms: Pseudonyms;
  readonly #database: Connection;
  readonly #days: SumTable;
  readonly #refusals: SumTable;
  readonly #quarters: SumTable;
  readonly #open: OpenCounts;
  readonly #used;

  constructor(database: Connection, pseudonyms: Pseudonyms) {
    database.exec(SCHEMA);
    this.#database = database;
    this.pseudonyms = pseudonyms;
    this.#days = new SumTable(database, { table: ACTIVITY_USAGE, keys: ['day', 'key'], figures: ['verifications'] });
    this.#refusals = new SumTable(database, {
      table: `${ACTIVITY_USAGE}_refusals`,
      keys: ['day', 'account'],
      figures: ['createsRefused'],
    });
    this.#quarters = new SumTable(database, { table: `${ACTIVITY_USAGE}_quarters`, keys: ['start'], figures: FIGURES });
    this.#open = new OpenCounts(database, `${ACTIVITY_USAGE}_open`);
    this.#used = database.prepare(
      `INSERT INTO ${ACTIVITY_USAGE}_keys VALUES (?, ?, ?) ON CONFLICT DO UPDATE SET
       firstUsedAt = min(firstUsedAt, excluded.firstUsedAt), lastUsedAt = max(lastUsedAt, excluded.lastUsedAt)`,
    );
  }

  /** Ignores versions: a record repeats all that its stream said before, and a total may replace streams that are gone. */
  apply(events: RecordedEvent[]): Unread[] {
    const { read, unread } = decodeEach(events, decodeUsage);
    const [days, refusals, quarters] = [this.#days.tally(), this.#refusals.tally(), this.#quarters.tally()];
    const open = this.#open.batch((kind, name) => this.#disguise(kind, name));
    const used = new Map<string, { first: number; last: number }>();
    for (const { event, stream } of read) {
      for (const { day, kind, counted, by } of open.take(event, writerOf(stream))) {
        const [name, , first, last] = counted;
        const dayStart = Date.parse(day);
        switch (kind) {
          case 'uses': {
            days.add([day, name], 'verifications', by);
            const known = used.get(name) ?? { first: Number.POSITIVE_INFINITY, last: 0 };
            used.set(name, { first: Math.min(known.first, dayStart + first), last: Math.max(known.last, dayStart + last) });
            break;
          }
          case 'refusals':
            refusals.add([day, name], 'createsRefused', by);
            break;
          default:
            quarters.add([dayStart + Number(name) * QUARTER], kind, by);
        }
      }
    }
    for (const changed of [open, days, refusals, quarters]) changed.write();
    for (const [key, { first, last }] of used) this.#used.run(key, first, last);
    return unread;
  }

  clear(): void {
    for (const table of ['', '_keys', '_refusals', '_quarters', '_open'])
      this.#database.exec(`DELETE FROM ${ACTIVITY_USAGE}${table}`);
  }

  #disguise(kind: UsageKind, name: string): string {
    if (kind === 'uses') return this.pseudonyms.ofKey(name);
    return kind === 'refusals' ? this.pseudonyms.ofAccount(name) : name;
  }
}
