import type { ReadFilter } from '../../domain/audit/history-read.js';
import { DAY, dayOf } from '../../domain/usage/key-usage.js';
import { decodeReadOrRemoval } from '../../store/codec.js';
import type { RecordedEvent } from '../../store/event-store.js';
import { parseStored } from '../../store/stored-json.js';
import type { Connection } from '../engine/connection.js';
import { decodeEach } from '../engine/decode-each.js';
import { READS } from '../engine/names.js';
import { type Page, type PlaceInTime, selectPage, selectPageOfTime, type TimeRange } from '../engine/page.js';
import type { Projection, Unread } from '../engine/projection.js';

/** `at` is in milliseconds since 1970. `…_removed` holds which records were removed, by the versions of that stream. */
const SCHEMA = `
  CREATE TABLE IF NOT EXISTS ${READS} (
    position INTEGER PRIMARY KEY,
    at INTEGER NOT NULL,
    actor TEXT NOT NULL,
    what TEXT NOT NULL,
    filter TEXT NOT NULL,
    times INTEGER NOT NULL
  ) STRICT;
  CREATE INDEX IF NOT EXISTS ${READS}_at ON ${READS} (at);
  CREATE INDEX IF NOT EXISTS ${READS}_actor ON ${READS} (actor);
  CREATE INDEX IF NOT EXISTS ${READS}_actor_at ON ${READS} (actor, at);
  CREATE TABLE IF NOT EXISTS ${READS}_removed (
    version INTEGER PRIMARY KEY,
    before TEXT NOT NULL,
    records INTEGER NOT NULL
  ) STRICT;
`;

const TABLE = { table: READS, columns: 'position, at, actor, what, filter, times' };

type Row = Omit<RecordedRead, 'filter'> & { filter: string };

/** A record that somebody read the history. */
export interface RecordedRead {
  position: number;
  /** Milliseconds since 1970; of the first read, if there were several. */
  at: number;
  actor: string;
  what: string;
  filter: ReadFilter;
  times: number;
}

/** Selects the reads that match every given condition. */
export interface ReadsFilter {
  actor?: string | undefined;
}

/** The oldest day, in UTC, that has records: their readers and their number. */
export interface OldestDay {
  day: string;
  readers: string[];
  records: number;
}

/** The records that were removed because of their age. */
export interface Removals {
  /** The version of the stream of removals. */
  version: number;
  /** The first day, in UTC, whose records were kept; undefined if nothing was ever removed. */
  before: string | undefined;
  records: number;
}

/** Who read the history, what and when, except for records that were removed because of their age. */
export class ReadsProjection implements Projection {
  readonly name = READS;
  readonly category = 'apiKeyReads';
  readonly mayLoseOldEvents = true;
  readonly #database: Connection;
  readonly #insert;
  readonly #removals;
  readonly #oldest;

  constructor(database: Connection) {
    database.exec(SCHEMA);
    this.#database = database;
    this.#insert = database.prepare(`INSERT INTO ${READS} VALUES (@position, @at, @actor, @what, @filter, @times)`);
    this.#removals = {
      delete: database.prepare(`DELETE FROM ${READS} WHERE at < ?`),
      insert: database.prepare(`REPLACE INTO ${READS}_removed VALUES (@version, @before, @records)`),
      sum: database.prepare<[], { version: number | null; before: string | null; records: number | null }>(
        `SELECT max(version) AS version, max(before) AS before, sum(records) AS records FROM ${READS}_removed`,
      ),
    };
    this.#oldest = {
      at: database.prepare<[], number | null>(`SELECT min(at) FROM ${READS}`).pluck(),
      readers: database.prepare<[number], { actor: string; records: number }>(
        `SELECT actor, count(*) AS records FROM ${READS} WHERE at < ? GROUP BY actor ORDER BY actor`,
      ),
    };
  }

  apply(events: RecordedEvent[]): Unread[] {
    const { read, unread } = decodeEach(events, decodeReadOrRemoval);
    for (const { event, position, version } of read) {
      if (event.type === 'ReadsRemoved') {
        this.#removals.delete.run(Date.parse(event.data.before));
        this.#removals.insert.run({ ...event.data, version });
        continue;
      }
      const { at, actor, data } = event;
      this.#insert.run({ ...data, position, at: Date.parse(at), actor, filter: JSON.stringify(data.filter) });
    }
    return unread;
  }

  clear(): void {
    this.#database.exec(`DELETE FROM ${READS}; DELETE FROM ${READS}_removed;`);
  }

  /** Undefined if there are no records. */
  oldestDay(): OldestDay | undefined {
    const at = this.#oldest.at.get();
    if (at === undefined || at === null) return undefined;
    const day = dayOf(at);
    const readers = this.#oldest.readers.all(Date.parse(day) + DAY);
    return {
      day,
      readers: readers.map(({ actor }) => actor),
      records: readers.reduce((sum, { records }) => sum + records, 0),
    };
  }

  removals(): Removals {
    const { version, before, records } = this.#removals.sum.get() ?? {};
    return { version: version ?? 0, before: before ?? undefined, records: records ?? 0 };
  }

  /** The reads in the order in which they were recorded; descending if `backward`. */
  page({ actor }: ReadsFilter, page: Page): RecordedRead[] {
    return selectPage<Row>({ database: this.#database, ...TABLE, equal: { actor } }, page).map(toRead);
  }

  /** The reads of a time range, in the order of their times; descending if `backward`. */
  pageOfTime({ actor }: ReadsFilter, range: TimeRange, page: Page<PlaceInTime>): RecordedRead[] {
    return selectPageOfTime<Row>({ database: this.#database, ...TABLE, equal: { actor } }, range, page).map(toRead);
  }
}

function toRead(row: Row): RecordedRead {
  return { ...row, filter: parseStored<ReadFilter>(row.filter) };
}
