import type { Database, Statement } from 'better-sqlite3';
import { type Counted, countsOf, type UsageEvent, type UsageKind } from '../../domain/usage/key-usage.js';

/** By how much a count grows, and what says so. */
export interface CountChange {
  day: string;
  kind: UsageKind;
  counted: Counted;
  by: number;
}

type NameOf = (kind: UsageKind, name: string) => string;

interface Statements {
  read: Statement<string[], number>;
  write: Statement;
  take: Statement<string[], number>;
}

/**
 * What writers have counted and no total stands for yet, by day, kind, name and writer. Their counts are sums since their stream
 * began: how much each record adds, and how much a total changes, is the difference to what is here.
 */
export class OpenCounts {
  readonly #statements: Statements;

  constructor(database: Database, table: string) {
    database.exec(`
      CREATE TABLE IF NOT EXISTS ${table} (
        day TEXT NOT NULL,
        kind TEXT NOT NULL,
        name TEXT NOT NULL,
        writer TEXT NOT NULL,
        count INTEGER NOT NULL,
        first INTEGER NOT NULL,
        last INTEGER NOT NULL,
        PRIMARY KEY (day, kind, name, writer)
      ) STRICT, WITHOUT ROWID;
    `);
    const ofName = `FROM ${table} WHERE day = ? AND kind = ? AND name = ?`;
    this.#statements = {
      read: database.prepare<string[], number>(`SELECT count ${ofName} AND writer = ?`).pluck(),
      write: database.prepare(`REPLACE INTO ${table} VALUES (?, ?, ?, ?, ?, ?, ?)`),
      take: database
        .prepare<string[], number>(`DELETE ${ofName} AND writer IN (SELECT value FROM json_each(?)) RETURNING count`)
        .pluck(),
    };
  }

  /**
   * No changes yet. It belongs to one batch of events: where that fails, what it holds is forgotten with it.
   * @param nameOf what stands in the table for a name
   */
  batch(nameOf: NameOf = (_, name) => name): OpenBatch {
    return new OpenBatch(this.#statements, nameOf);
  }
}

/** What a batch of events changes in open counts. What is counted again and again is written once. */
export class OpenBatch {
  readonly #statements: Statements;
  readonly #nameOf: NameOf;
  readonly #changed = new Map<
    string,
    { source: [day: string, kind: UsageKind, writer: string]; counts: Map<string, Counted> }
  >();

  constructor(statements: Statements, nameOf: NameOf) {
    this.#statements = statements;
    this.#nameOf = nameOf;
  }

  /** Takes an event of that writer in, and says what each of its counts adds to those before. */
  *take(event: UsageEvent, writer: string): Generator<CountChange> {
    const { day } = event.data;
    const totalled = event.type === 'UsageTotalled' ? JSON.stringify(event.data.writers) : undefined;
    if (totalled !== undefined) this.write();
    for (const [kind, counts] of countsOf(event)) {
      const replace = totalled === undefined ? this.#replace(day, kind, writer) : this.#settle(day, kind, totalled);
      for (const [name, count, first, last] of counts) {
        const counted = [this.#nameOf(kind, name), count, first, last] as const;
        yield { day, kind, counted, by: count - replace(counted) };
      }
    }
  }

  /** Writes what changed, within a transaction of the caller's. */
  write(): void {
    for (const { source, counts } of this.#changed.values()) {
      const [day, kind, writer] = source;
      for (const [name, ...figures] of counts.values()) this.#statements.write.run(day, kind, name, writer, ...figures);
    }
    this.#changed.clear();
  }

  /** Puts a count in the place of what the writer counted before, and says how much that was. */
  #replace(...source: [day: string, kind: UsageKind, writer: string]): (counted: Counted) => number {
    const key = source.join(' ');
    const { counts } = this.#changed.get(key) ?? { counts: new Map<string, Counted>() };
    this.#changed.set(key, { source, counts });
    const [day, kind, writer] = source;
    return (counted) => {
      const [name] = counted;
      const before = counts.get(name)?.[1] ?? this.#statements.read.get(day, kind, name, writer) ?? 0;
      counts.set(name, counted);
      return before;
    };
  }

  /** Takes away what these writers counted, and says how much that was. */
  #settle(day: string, kind: UsageKind, writers: string): (counted: Counted) => number {
    return ([name]) => this.#statements.take.all(day, kind, name, writers).reduce((sum, count) => sum + count, 0);
  }
}
