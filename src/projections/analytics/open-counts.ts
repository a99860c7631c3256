import { type Counted, countsOf, type UsageEvent, type UsageKind } from '../../domain/usage/key-usage.js';
import type { Connection, Query } from '../engine/connection.js';

/** How much a count grows, and the event from which it does. */
interface CountChange {
  day: string;
  kind: UsageKind;
  counted: Counted;
  by: number;
}

type NameOf = (kind: UsageKind, name: string) => string;

interface Statements {
  read: Query<string[], number>;
  write: Query<unknown[], unknown>;
  take: Query<string[], number>;
}

/**
 * Counts that no total covers yet, by day, kind, name and writer. Writers record sums since their stream began. This table holds the last
 * sums, so what a record adds or a total changes is the difference from them.
 */
export class OpenCounts {
  readonly #statements: Statements;

  constructor(database: Connection, table: string) {
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
   * Starts an empty batch of changes for one batch of events. If that fails, drop it.
   * @param nameOf the name to store in the table in place of a name
   */
  batch(nameOf: NameOf = (_, name) => name): OpenBatch {
    return new OpenBatch(this.#statements, nameOf);
  }
}

/** The changes that a batch of events makes to open counts. A count that changes several times is written once. */
class OpenBatch {
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

  /** Applies an event of that writer. Yields what each of its counts adds to the earlier ones. */
  *take(event: UsageEvent, writer: string): Generator<CountChange> {
    const { day } = event.data;
    const totalled = event.type === 'UsageTotalled' ? JSON.stringify(event.data.writers) : undefined;
    if (totalled !== undefined) this.write();
    for (const [kind, counts] of countsOf(event)) {
      const replace = totalled === undefined ? this.#replace(day, kind, writer) : this.#settle(day, kind, totalled);
      for (const [name, count, first, last] of counts) {
        const counted: Counted = [this.#nameOf(kind, name), count, first, last];
        yield { day, kind, counted, by: count - replace(counted) };
      }
    }
  }

  /** Writes the changes, within the caller's transaction. */
  write(): void {
    for (const { source, counts } of this.#changed.values()) {
      const [day, kind, writer] = source;
      for (const [name, ...figures] of counts.values()) this.#statements.write.run(day, kind, name, writer, ...figures);
    }
    this.#changed.clear();
  }

  /** Replaces the writer's earlier count and returns its value. */
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

  /** Removes these writers' counts and returns their sum. */
  #settle(day: string, kind: UsageKind, writers: string): (counted: Counted) => number {
    return ([name]) => this.#statements.take.all(day, kind, name, writers).reduce((sum, count) => sum + count, 0);
  }
}
