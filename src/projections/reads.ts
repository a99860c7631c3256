import type { Database } from 'better-sqlite3';
import type { ReadFilter } from '../domain/history-read.js';
import { decodeRead, parseStored } from '../store/codec.js';
import type { RecordedEvent } from '../store/event-store.js';
import { decodeEach } from './decode-each.js';
import { type Page, type PlaceInTime, selectPage, selectPageOfTime, type TimeRange } from './page.js';
import type { Projection, Unread } from './projection.js';

/** `at` is in milliseconds since 1970. */
const SCHEMA = `
  CREATE TABLE IF NOT EXISTS reads_2 (
    position INTEGER PRIMARY KEY,
    at INTEGER NOT NULL,
    actor TEXT NOT NULL,
    what TEXT NOT NULL,
    filter TEXT NOT NULL,
    times INTEGER NOT NULL
  ) STRICT;
  CREATE INDEX IF NOT EXISTS reads_2_at ON reads_2 (at);
  CREATE INDEX IF NOT EXISTS reads_2_actor ON reads_2 (actor);
  CREATE INDEX IF NOT EXISTS reads_2_actor_at ON reads_2 (actor, at);
`;

const TABLE = { table: 'reads_2', columns: 'position, at, actor, what, filter, times' };

type Row = Omit<RecordedRead, 'filter'> & { filter: string };

/** That somebody read the history. */
export interface RecordedRead {
  position: number;
  /** Milliseconds since 1970; of the first, where there were several. */
  at: number;
  actor: string;
  what: string;
  filter: ReadFilter;
  times: number;
}

/** Which reads are meant: all that match every condition given. */
export interface ReadsFilter {
  actor?: string | undefined;
}

/** Who read the history, what and when. */
export class ReadsProjection implements Projection {
  readonly name = 'reads_2';
  readonly category = 'apiKeyReads';
  readonly #database: Database;
  readonly #insert;

  constructor(database: Database) {
    database.exec(SCHEMA);
    this.#database = database;
    this.#insert = database.prepare('INSERT INTO reads_2 VALUES (@position, @at, @actor, @what, @filter, @times)');
  }

  apply(events: RecordedEvent[]): Unread[] {
    const { read, unread } = decodeEach(events, decodeRead);
    for (const { event, position } of read) {
      const { at, actor, data } = event;
      this.#insert.run({ ...data, position, at: Date.parse(at), actor, filter: JSON.stringify(data.filter) });
    }
    return unread;
  }

  clear(): void {
    this.#database.exec('DELETE FROM reads_2');
  }

  /** The reads in the order in which they were recorded, or backward in the opposite one. */
  page({ actor }: ReadsFilter, page: Page): RecordedRead[] {
    return selectPage<Row>(this.#database, TABLE, { actor }, page).map(toRead);
  }

  /** The reads of that time, in the order of their times, or backward in the opposite one. */
  pageOfTime({ actor }: ReadsFilter, range: TimeRange, page: Page<PlaceInTime>): RecordedRead[] {
    return selectPageOfTime<Row>(this.#database, TABLE, { actor }, range, page).map(toRead);
  }
}

function toRead(row: Row): RecordedRead {
  return { ...row, filter: parseStored<ReadFilter>(row.filter) };
}
