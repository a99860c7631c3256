import type { Counted, CountedQuarter, UsageEvent, UsageKind, UsageTotalled } from '../../domain/usage/key-usage.js';
import { OpenCounts } from '../analytics/open-counts.js';
import type { Connection } from '../engine/connection.js';

/** The maximum number of names in a total, and its maximum size in bytes. */
const TOTAL = { names: 1000, bytes: 64 * 1024 };

/** The maximum number of writers that a total covers. */
const WRITERS = 100;

/** The size of what is written beside a name, in bytes. */
const NUMBERS = 40;

/** The stream of one writer's counts of a day. */
export interface CountedStream {
  day: string;
  writer: string;
  /** Its version, as far as it is known here. */
  version: number;
}

/** What to do for days that are over, as of one version of the stream of totals. */
export interface DueTotals {
  version: number;
  /** The content of the next total; undefined if totals cover all closed streams. */
  next: UsageTotalled['data'] | undefined;
  /**
   * The streams that the latest totals cover completely, so that they may be removed. Empty while a part of their counts is not totalled.
   */
  finished: Stream[];
}

type Stream = Omit<CountedStream, 'version'>;

type Row = { kind: UsageKind; name: string; count: number; first: number; last: number };

/**
 * The days that are not totalled yet. Totals are written for a limited number of writers of one day at a time, part by part, until they
 * cover everything that these counted; only then for others.
 */
export class OpenDays {
  readonly counts: OpenCounts;
  readonly #database: Connection;
  readonly #name: string;
  readonly #read;
  readonly #write;

  /** @param name the prefix of its tables' names */
  constructor(database: Connection, name: string) {
    database.exec(`
      CREATE TABLE IF NOT EXISTS ${name}_streams (
        day TEXT NOT NULL,
        writer TEXT NOT NULL,
        version INTEGER NOT NULL,
        closed INTEGER NOT NULL,
        PRIMARY KEY (day, writer)
      ) STRICT, WITHOUT ROWID;
      CREATE TABLE IF NOT EXISTS ${name}_totalled (
        day TEXT NOT NULL,
        writer TEXT NOT NULL,
        PRIMARY KEY (day, writer)
      ) STRICT, WITHOUT ROWID;
      CREATE TABLE IF NOT EXISTS ${name}_totals (one INTEGER PRIMARY KEY CHECK (one = 1), version INTEGER NOT NULL) STRICT;
    `);
    this.#database = database;
    this.#name = name;
    this.counts = new OpenCounts(database, `${name}_open`);
    this.#read = {
      unclosed: database.prepare<[string], CountedStream>(
        `SELECT day, writer, version FROM ${name}_streams WHERE closed = 0 AND day < ? ORDER BY day, writer`,
      ),
      closed: database.prepare<[], Stream>(
        `SELECT day, writer FROM ${name}_streams WHERE closed = 1 AND day = (SELECT min(day) FROM ${name}_streams WHERE closed = 1)
         ORDER BY writer LIMIT ${WRITERS}`,
      ),
      totalled: database.prepare<[], Stream>(`SELECT day, writer FROM ${name}_totalled ORDER BY writer`),
      version: database.prepare<[], number>(`SELECT version FROM ${name}_totals`).pluck(),
      sums: database.prepare<[string, string], Row>(
        `SELECT kind, name, sum(count) AS count, min(first) AS first, max(last) AS last FROM ${name}_open
         WHERE day = ? AND writer IN (SELECT value FROM json_each(?)) GROUP BY kind, name ORDER BY kind, name LIMIT ${TOTAL.names}`,
      ),
    };
    this.#write = {
      stream: database.prepare(
        `INSERT INTO ${name}_streams VALUES (?, ?, ?, ?)
         ON CONFLICT DO UPDATE SET version = excluded.version, closed = max(closed, excluded.closed)`,
      ),
      forget: database.prepare(`DELETE FROM ${name}_streams WHERE day = ? AND writer = ?`),
      empty: database.prepare(`DELETE FROM ${name}_totalled`),
      totalled: database.prepare(`INSERT INTO ${name}_totalled VALUES (?, ?)`),
      version: database.prepare(`REPLACE INTO ${name}_totals VALUES (1, ?)`),
    };
  }

  /** Records the parts of an event of that writer that are not counts, within the caller's transaction. */
  record(event: UsageEvent, writer: string, version: number): void {
    const { day } = event.data;
    switch (event.type) {
      case 'KeysUsed':
      case 'CreatesRefused':
        this.#write.stream.run(day, writer, version, 0);
        return;
      case 'UsageClosed':
        this.#write.stream.run(day, writer, version, 1);
        return;
      case 'UsageTotalled':
        this.#write.empty.run();
        for (const totalled of event.data.writers) {
          this.#write.forget.run(day, totalled);
          this.#write.totalled.run(day, totalled);
        }
        this.#write.version.run(version);
        return;
    }
  }

  clear(): void {
    for (const table of ['open', 'streams', 'totalled', 'totals']) this.#database.exec(`DELETE FROM ${this.#name}_${table}`);
  }

  /** The streams of days before that one to which counts may still be added. */
  unclosed(before: string): CountedStream[] {
    return this.#read.unclosed.all(before);
  }

  due(): DueTotals {
    return this.#database.transaction(() => {
      const version = this.#read.version.get() ?? 0;
      const latest = this.#read.totalled.all();
      const goesOn = this.#total(latest);
      if (goesOn && hasCounts(goesOn)) return { version, next: goesOn, finished: [] };
      return { version, next: this.#total(this.#read.closed.all()), finished: latest };
    })();
  }

  /** A part of what these streams of one day hold. */
  #total(streams: Stream[]): UsageTotalled['data'] | undefined {
    const [first] = streams;
    if (!first) return undefined;
    const { day } = first;
    const writers = streams.map(({ writer }) => writer);
    const counts: Record<UsageKind, Counted[]> = { uses: [], refusals: [], verifications: [], createsRefused: [] };
    let bytes = 0;
    for (const { kind, name, ...sum } of this.#read.sums.iterate(day, JSON.stringify(writers))) {
      counts[kind].push([name, sum.count, sum.first, sum.last]);
      bytes += name.length + NUMBERS;
      if (bytes >= TOTAL.bytes) break;
    }
    const { uses, refusals, verifications, createsRefused } = counts;
    return {
      day,
      writers,
      uses,
      refusals,
      verifications: verifications.map(byQuarter),
      createsRefused: createsRefused.map(byQuarter),
    };
  }
}

function byQuarter([name, count]: Counted): CountedQuarter {
  return [Number(name), count];
}

function hasCounts({ uses, refusals, verifications, createsRefused }: UsageTotalled['data']): boolean {
  return uses.length + refusals.length + verifications.length + createsRefused.length > 0;
}
