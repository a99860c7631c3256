import { join } from 'node:path';
import { isDeepStrictEqual } from 'node:util';
import type { Database } from 'better-sqlite3';
import type { Category, EventStore, RecordedEvent } from '../../store/event-store.js';
import { inTransaction, openNameless } from './database.js';
import { digestOf } from './digest.js';
import { difference, firstEvent, positionsIn, type SavedPosition } from './position.js';
import type { Projection } from './projection.js';
import { type RowDifference, repair, rowDifferences } from './row-differences.js';
import { type Table, tablesOf } from './tables.js';

/** How many differing rows of a table are listed. */
const NAMED = 10;

/** The comparison of a living projection with the one rebuilt from its events. */
export interface Comparison {
  projection: string;
  /** How many events both have applied, and the position of the last. */
  events: number;
  position: number;
  /** How many further events the log held. */
  behind: number;
  /** The digests of the rebuilt and of the living tables. */
  rebuilt: string;
  living: string;
  /** The tables that differ. */
  tables: TableDifference[];
  /** False if the log may have lost old events that the living tables hold: the extra rows then exist nowhere else. */
  mayRepair: boolean;
}

export interface TableDifference {
  table: string;
  /** The first ten rows that differ. */
  rows: RowDifference[];
  /** The number of all rows that differ. */
  count: number;
}

/** The living projections cannot be compared with rebuilt ones. The message says why, and what to do. */
class NotComparable extends Error {}

/** A file of living projections, and the function that creates its projections over another database. */
export interface Living {
  file: string;
  make: (database: Database) => Record<string, Projection>;
}

/** A projection on its way from event zero to where its living one is. */
interface Replayed {
  readonly projection: Projection;
  readonly file: string;
  /** The schema of the living projection. The rebuilt one is in `main`. */
  readonly living: string;
  events: number;
  position: number;
  target: number;
}

/**
 * Fills every projection of some files from event zero, beside the living ones, which services continue to read and fill. One pass over a
 * category feeds all its projections.
 */
export class Rebuild {
  readonly #database: Database;
  readonly #store: EventStore;
  readonly #onRead: (events: number) => void;
  readonly #all: Replayed[];

  /**
   * @param directory the data directory
   * @param files those of its files that are rebuilt; only `repair` writes to them
   * @param onRead called from time to time with the number of events read
   * @throws Error if a file is not a database
   */
  constructor(directory: string, files: readonly Living[], store: EventStore, onRead: (events: number) => void) {
    this.#store = store;
    this.#onRead = onRead;
    this.#database = openNameless(directory);
    this.#all = files.flatMap(({ file, make }, index) => {
      const living = `living_${index}`;
      this.#database.prepare(`ATTACH ? AS ${living}`).run(join(directory, file));
      const made = Object.values(make(this.#database));
      return made.map((projection) => ({ projection, file, living, events: 0, position: 0, target: 0 }));
    });
  }

  /**
   * Applies the events that the living projections have applied by now.
   * @throws NotComparable
   */
  async fill(): Promise<void> {
    await this.#aim();
    await this.#transaction('BEGIN', () => this.#replay());
  }

  /**
   * Compares all projections in one snapshot.
   * @throws NotComparable
   */
  compare(): Promise<Comparison[]> {
    return this.#transaction('BEGIN', async () => {
      await this.#aim();
      await this.#replay();
      const counted = this.#all.map(async (replayed) => ({ replayed, behind: await countBeyond(this.#store, replayed) }));
      return (await Promise.all(counted)).map(({ replayed, behind }) => this.#compare(replayed, behind));
    });
  }

  /**
   * Corrects the differing rows of these living projections, and no others, in one transaction. Readers go on meanwhile; nobody fills
   * them, so mutations wait.
   * @returns how many rows it deleted and inserted
   * @throws NotComparable
   */
  repair(projections: readonly string[]): Promise<number> {
    return this.#transaction('BEGIN IMMEDIATE', async () => {
      await this.#aim();
      await this.#replay();
      let changes = 0;
      for (const { projection, living } of this.#all) {
        if (!projections.includes(projection.name)) continue;
        for (const table of tablesOf(this.#database, projection.name)) changes += repair(this.#database, table, living);
      }
      return changes;
    });
  }

  close(): void {
    this.#database.close();
  }

  /** If the work fails, its rows are rolled back and each projection is where it was. */
  async #transaction<T>(begin: 'BEGIN' | 'BEGIN IMMEDIATE', work: () => Promise<T>): Promise<T> {
    const before = this.#all.map(({ events, position }) => ({ events, position }));
    try {
      return await inTransaction(this.#database, begin, work);
    } catch (error) {
      for (const [index, replayed] of this.#all.entries()) Object.assign(replayed, before[index]);
      throw error;
    }
  }

  #compare({ projection: { name, mayLoseOldEvents }, living: schema, events, position }: Replayed, behind: number): Comparison {
    const rebuilt = digestOf(this.#database, name);
    const living = digestOf(this.#database, name, schema);
    const suspect = rebuilt === living ? [] : tablesOf(this.#database, name);
    const tables = suspect.map((table) => this.#differences(table, schema)).filter(({ count }) => count > 0);
    return { projection: name, events, position, behind, rebuilt, living, tables, mayRepair: !mayLoseOldEvents };
  }

  #differences(table: Table, living: string): TableDifference {
    const rows: RowDifference[] = [];
    let count = 0;
    for (const row of rowDifferences(this.#database, table, living)) {
      if (count < NAMED) rows.push(row);
      count += 1;
    }
    return { table: table.name, rows, count };
  }

  /** Sets the target to where the living projections are now. */
  async #aim(): Promise<void> {
    const faults: string[] = [];
    for (const replayed of this.#all) {
      const { name } = replayed.projection;
      const saved = positionsIn(this.#database, replayed.living).get(name);
      const fault = await this.#fault(replayed, saved);
      if (fault !== undefined) faults.push(`${name} ${fault}`);
      replayed.target = saved?.position ?? 0;
    }
    if (faults.length > 0) throw new NotComparable(['nothing was compared:', ...faults].join('\n  '));
  }

  /** Why the projection cannot be compared; undefined if it can. */
  async #fault(
    { projection, file, living, position }: Replayed,
    saved: SavedPosition | undefined,
  ): Promise<string | undefined> {
    const { name, category } = projection;
    if (position > (saved?.position ?? 0)) return 'is being filled again; try again when GET /readyz shows the state ok for it';
    const tables = tablesOf(this.#database, name, living);
    const hasRun = tables.length > 0 && (saved !== undefined || (await isEmpty(this.#store, category)));
    if (!hasRun) return 'was never filled; start the server to fill it';
    if (!isDeepStrictEqual(tables, tablesOf(this.#database, name))) {
      return `has tables of another version; stop the services, remove ${file}, and start them again: they fill it from the log`;
    }
    const log = { store: this.#store, first: await firstEvent(this.#store) };
    const reason = saved && (await difference(log, projection, saved));
    return reason && `has tables that do not belong to this log: ${reason}; start the server to rebuild them`;
  }

  /** Replays the log up to each projection's target, within a transaction. Projections of the same category share a pass. */
  async #replay(): Promise<void> {
    for (const category of new Set(this.#all.map(({ projection }) => projection.category))) {
      const due = this.#all.filter((one) => one.projection.category === category && one.position < one.target);
      if (due.length === 0) continue;
      const from = Math.min(...due.map(({ position }) => position));
      for await (const page of this.#store.readAll(category, from)) {
        for (const replayed of due) take(replayed, page);
        this.#onRead(page.length);
        if (due.every(({ position, target }) => position >= target)) break;
      }
    }
  }
}

/** Applies those of the events that the projection has not seen, up to its target. */
function take(replayed: Replayed, page: RecordedEvent[]): void {
  const events = page.filter(({ position }) => position > replayed.position && position <= replayed.target);
  const last = events.at(-1);
  if (!last) return;
  replayed.projection.apply(events);
  replayed.events += events.length;
  replayed.position = last.position;
}

async function isEmpty(store: EventStore, category: Category): Promise<boolean> {
  for await (const _page of store.readAll(category)) return false;
  return true;
}

/** How many events the log holds beyond those that the projection has applied. */
async function countBeyond(store: EventStore, { projection, position }: Replayed): Promise<number> {
  let count = 0;
  for await (const page of store.readAll(projection.category, position)) count += page.length;
  return count;
}
