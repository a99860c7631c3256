import type { Database } from 'better-sqlite3';
import type { ReadFilter } from '../domain/history-read.js';
import { decodeRead, parseStored } from '../store/codec.js';
import type { RecordedEvent } from '../store/event-store.js';
import { type Page, selectPage, type TimeRange } from './page.js';
import type { Projection } from './projection.js';

/** `clock` is the latest `at` up to that record: unlike `at`, it never runs back in commit order, and can be searched. */
const SCHEMA = `
  CREATE TABLE IF NOT EXISTS reads_1 (
    position INTEGER PRIMARY KEY,
    at TEXT NOT NULL,
    clock INTEGER NOT NULL,
    actor TEXT NOT NULL,
    what TEXT NOT NULL,
    filter TEXT NOT NULL,
    times INTEGER NOT NULL
  ) STRICT;
  CREATE INDEX IF NOT EXISTS reads_1_actor ON reads_1 (actor, position);
  CREATE INDEX IF NOT EXISTS reads_1_clock ON reads_1 (clock, position);
`;

const TABLE = { table: 'reads_1', columns: 'position, at, actor, what, filter, times' };

type Row = Omit<RecordedRead, 'filter'> & { filter: string };

/** That somebody read the history. */
export interface RecordedRead {
  position: number;
  /** RFC 3339, UTC, milliseconds; of the first, where there were several. */
  at: string;
  actor: string;
  what: string;
  filter: ReadFilter;
  times: number;
}

/** Which reads are meant: all that match every condition given. */
export interface ReadsFilter extends TimeRange {
  actor?: string | undefined;
}

/** Who read the history, what and when. */
export class ReadsProjection implements Projection {
  readonly name = 'reads_1';
  readonly category = 'apiKeyReads';
  readonly #database: Database;
  readonly #insert;
  readonly #latest;

  constructor(database: Database) {
    database.exec(SCHEMA);
    this.#database = database;
    this.#insert = database.prepare('INSERT INTO reads_1 VALUES (@position, @at, @clock, @actor, @what, @filter, @times)');
    this.#latest = database.prepare<[], number>('SELECT clock FROM reads_1 ORDER BY position DESC LIMIT 1').pluck();
  }

  /** @throws UnreadableEvent */
  apply(events: RecordedEvent[]): void {
    let clock = this.#latest.get() ?? 0;
    for (const event of events) {
      const { at, actor, data } = decodeRead(event);
      clock = Math.max(clock, Date.parse(at));
      this.#insert.run({ ...data, position: event.position, at, clock, actor, filter: JSON.stringify(data.filter) });
    }
  }

  clear(): void {
    this.#database.exec('DELETE FROM reads_1');
  }

  /** The reads in the order in which they were recorded, or backward in the opposite one. */
  page({ from, to, ...equal }: ReadsFilter, page: Page): RecordedRead[] {
    const rows = selectPage<Row>(this.#database, TABLE, equal, { from, to }, page);
    return rows.map((row) => ({ ...row, filter: parseStored<ReadFilter>(row.filter) }));
  }
}
