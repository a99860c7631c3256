import { join } from 'node:path';
import { isDeepStrictEqual } from 'node:util';
import type Database from '../../shared/sqlite.js';
import type { Category, EventStore, RecordedEvent } from '../../store/event-store.js';
import { BATCH } from './batches.js';
import { inTransaction, openNameless } from './database.js';
import { digestOf } from './digest.js';
import { isFilling, type MakeProjections } from './fill.js';
import { pass, type Traveller } from './pass.js';
import { difference, firstEvent, positionsIn, type SavedPosition } from './position.js';
import type { Projection } from './projection.js';
import { type RowDifference, rowDifferences } from './row-differences.js';
import { isEmpty, type Table, tablesOf } from './tables.js';

/** How many differing rows of a table are listed. */
const NAMED = 10;

const FILLING = 'a server fills projections now';
const AGAIN = 'try again when GET /readyz shows the state ok for it';

/** The comparison of a living projection with the one rebuilt from its events. */
export interface Comparison {
  file: string;
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

export interface RebuildOptions {
  /** The data directory. */
  directory: string;
  /** The names of its files that are rebuilt. */
  files: readonly string[];
  make: MakeProjections;
  store: EventStore;
  /** Called from time to time with the number of events read. */
  onRead: (events: number) => void;
}

/** A projection on its way from event zero to where its living one is. */
interface Replayed extends Traveller {
  readonly projection: Projection;
  readonly file: string;
  /** The schema of the living projection. The rebuilt one is in `main`. */
  readonly living: string;
  events: number;
  target: number;
}

/**
 * Fills every projection of some files from the first event on, beside the living ones, which it only reads: services continue to read and
 * fill those. One pass over a category feeds all its projections.
 */
export class Rebuild {
  readonly #directory: string;
  readonly #database: Database.Database;
  readonly #store: EventStore;
  readonly #onRead: (events: number) => void;
  readonly #all: Replayed[];

  /** @throws Error if a file is not a database */
  constructor({ directory, files, make, store, onRead }: RebuildOptions) {
    this.#directory = directory;
    this.#store = store;
    this.#onRead = onRead;
    this.#database = openNameless(directory);
    const schemaOf = (index: number) => `living_${index}`;
    this.#all = files.flatMap((file, index) => {
      return Object.values(make(file)(this.#database)).map((projection) => replayed(projection, file, schemaOf(index)));
    });
    // A transaction asks for the locks of all attached files, so nothing is made after this.
    for (const [index, file] of files.entries()) {
      this.#database.prepare(`ATTACH ? AS ${schemaOf(index)}`).run(join(directory, file));
    }
  }

  /**
   * Applies the events that the living projections have applied by now.
   * @throws NotComparable
   */
  async fill(): Promise<void> {
    await this.#aim();
    await this.#transaction(() => this.#replay());
  }

  /**
   * Compares all projections in one snapshot.
   * @throws NotComparable
   */
  compare(): Promise<Comparison[]> {
    return this.#transaction(async () => {
      await this.#aim();
      await this.#replay();
      const counted = this.#all.map(async (replayed) => ({ replayed, behind: await countBeyond(this.#store, replayed) }));
      return (await Promise.all(counted)).map(({ replayed, behind }) => this.#compare(replayed, behind));
    });
  }

  close(): void {
    this.#database.close();
  }

  /** If the work fails, its rows are rolled back and each projection is where it was. */
  async #transaction<T>(work: () => Promise<T>): Promise<T> {
    const before = this.#all.map(({ events, position }) => ({ events, position }));
    try {
      return await inTransaction(this.#database, work);
    } catch (error) {
      for (const [index, replayed] of this.#all.entries()) Object.assign(replayed, before[index]);
      throw error;
    }
  }

  #compare(
    { projection: { name, mayLoseOldEvents }, file, living: schema, events, position }: Replayed,
    behind: number,
  ): Comparison {
    const rebuilt = digestOf(this.#database, name);
    const living = digestOf(this.#database, name, schema);
    const suspect = rebuilt === living ? [] : tablesOf(this.#database, name);
    const tables = suspect.map((table) => this.#differences(table, schema)).filter(({ count }) => count > 0);
    return { file, projection: name, events, position, behind, rebuilt, living, tables, mayRepair: !mayLoseOldEvents };
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
    if (position > (saved?.position ?? 0)) return `is being filled again; ${AGAIN}`;
    const tables = tablesOf(this.#database, name, living);
    // Without rows it is where it began: before the first event.
    const isAtStart = async () => isEmpty(this.#database, name, living) || !(await holdsAny(this.#store, category));
    const hasRun = tables.length > 0 && (saved !== undefined || (await isAtStart()));
    const instead = (start: string) => (isFilling(this.#directory) ? `${FILLING}; ${AGAIN}` : start);
    if (!hasRun) return `was never filled; ${instead('start the server to fill it')}`;
    if (!isDeepStrictEqual(tables, tablesOf(this.#database, name))) {
      const remedy = instead('start a server of this version: it fills a new file from the log');
      return `has tables of another version in ${file}; ${remedy}`;
    }
    const log = { store: this.#store, first: await firstEvent(this.#store) };
    const reason = saved && (await difference(log, projection, saved));
    return reason && `has tables that do not belong to this log: ${reason}; ${instead('start the server to rebuild them')}`;
  }

  /** Replays the log up to each projection's target, within a transaction. */
  async #replay(): Promise<void> {
    await pass({ store: this.#store, travellers: this.#all, batch: BATCH.part, onRead: this.#onRead });
  }
}

function replayed(projection: Projection, file: string, living: string): Replayed {
  const apply = (events: RecordedEvent[]) => {
    projection.apply(events);
    one.events += events.length;
  };
  const one = { projection, file, living, apply, events: 0, position: 0, target: 0 };
  return one;
}

async function holdsAny(store: EventStore, category: Category): Promise<boolean> {
  for await (const _page of store.readAll(category)) return true;
  return false;
}

/** How many events the log holds beyond those that the projection has applied. */
async function countBeyond(store: EventStore, { projection, position }: Replayed): Promise<number> {
  let count = 0;
  for await (const page of store.readAll(projection.category, position)) count += page.length;
  return count;
}
