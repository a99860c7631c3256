import { closeSync, openSync } from 'node:fs';
import { setImmediate as nextTurn } from 'node:timers/promises';
import { isDeepStrictEqual } from 'node:util';
import { syncFile } from '../../shared/durable-files.js';
import Database from '../../shared/sqlite.js';
import type { RecordedEvent } from '../../store/event-store.js';
import { isDamage } from './damage.js';
import type { FileInFilling, FileInFillingOptions, IsOfThisLog } from './file-in-filling.js';
import { LeftOutCounts } from './left-out-counts.js';
import type { Traveller } from './pass.js';
import { PositionTable, positionsIn, type SavedPosition, type Source } from './position.js';
import type { Projection } from './projection.js';
import { reportUnread } from './report-unread.js';
import { quoted, tablesOf } from './tables.js';

/** The schema of the present file while rows are taken over from it. */
const PRESENT = 'present';

export interface NewFileOptions extends FileInFillingOptions {
  /** How much of the file is kept in memory while it is filled, in KiB. */
  cacheKib: number;
}

/** A process asks for a projection that its own thread does not know: what the process was started from was replaced. */
export class OtherVersion extends Error {
  constructor(projection: string) {
    super(`the program was replaced by another version, which has no ${projection}. Restart the process`);
  }
}

/** A file of projections that nobody else knows of until it is finished. */
export class NewFile implements FileInFilling {
  readonly #options: NewFileOptions;
  readonly #path: string;
  readonly #database: Database.Database;
  readonly #projections: readonly Projection[];
  readonly #positions: PositionTable;
  /** The statements that create the indexes. Only reads need them, so they are created at the end. */
  readonly #indexes: readonly string[];
  readonly #takenOver = new Set<string>();
  readonly #leftOut = new LeftOutCounts();
  #failure: unknown;

  constructor(options: NewFileOptions) {
    this.#options = options;
    this.#path = options.generations.newFile();
    closeSync(openSync(this.#path, 'wx', 0o644));
    this.#database = new Database(this.#path);
    try {
      // A file that is not finished is thrown away, so nothing needs to be on disk before.
      for (const pragma of ['journal_mode = MEMORY', 'synchronous = OFF', `cache_size = -${options.cacheKib}`])
        this.#database.pragma(pragma);
      this.#projections = Object.values(options.make(this.#database));
      this.#positions = new PositionTable(this.#database);
      this.#indexes = dropIndexes(this.#database);
    } catch (error) {
      this.discard();
      throw error;
    }
  }

  /**
   * Copies all projections except these from the present file. What cannot be read or does not fit is filled from the log, too.
   * @throws OtherVersion if there is no such projection
   */
  async takeOver(except: readonly string[], isOfThisLog: IsOfThisLog): Promise<void> {
    const { generations } = this.#options;
    const unknown = except.find((name) => !this.#projections.some((projection) => projection.name === name));
    if (unknown !== undefined) throw new OtherVersion(unknown);
    const kept = this.#projections.filter(({ name }) => !except.includes(name));
    if (kept.length === 0 || generations.present() === undefined) return;
    try {
      this.#unlessDamaged(() => this.#database.prepare(`ATTACH ? AS ${PRESENT}`).run(generations.path));
      for (const projection of kept) {
        const saved = this.#unlessDamaged(() => this.#savedFitting(projection));
        // Only the present file may be damaged, not the log.
        if (saved && (await isOfThisLog(projection, saved))) this.#unlessDamaged(() => this.#copy(projection));
      }
    } finally {
      if (this.#isAttached()) this.#database.exec(`DETACH ${PRESENT}`);
    }
  }

  get failure(): unknown {
    return this.#failure;
  }

  get leftOut() {
    return this.#leftOut.of(this.#projections, (name) => !this.#takenOver.has(name));
  }

  travellers(source: Source): Traveller[] {
    // All is one transaction, so that rows are written to the disk as late as possible.
    this.#attempt(() => this.#database.exec('BEGIN'));
    return this.#projections.map((projection) => ({
      projection,
      position: this.#positions.read(projection.name)?.position ?? 0,
      apply: (events) => this.#attempt(() => this.#apply(projection, source, events)),
    }));
  }

  /** Creates the indexes, which nobody needs before the file is read. Over a long log, each takes a while. */
  async createIndexes(signal: AbortSignal | undefined): Promise<void> {
    for (const index of this.#indexes) {
      this.#attempt(() => this.#database.exec(index));
      await nextTurn();
      signal?.throwIfAborted();
    }
  }

  /** Puts the file, complete and on disk, in the place of the present one, unless it has failed. */
  async publish(): Promise<void> {
    if (this.#failure !== undefined) return;
    try {
      this.#complete();
      await syncFile(this.#path);
      await this.#options.generations.publish(this.#path);
    } catch (error) {
      this.#failure = error;
    }
  }

  discard(): void {
    this.#database.close();
    this.#options.generations.discard(this.#path);
  }

  #apply(projection: Projection, source: Source, events: RecordedEvent[]): void {
    const unread = projection.apply(events);
    reportUnread(this.#options.log, projection, unread);
    this.#leftOut.add(projection, unread);
    this.#positions.save(projection, source, events);
  }

  #complete(): void {
    this.#database.exec('COMMIT');
    this.#database.pragma('journal_mode = WAL');
    this.#database.close();
  }

  /** Does nothing after the first failure. */
  #attempt(work: () => void): void {
    if (this.#failure !== undefined) return;
    try {
      work();
    } catch (error) {
      this.#failure = error;
    }
  }

  /** Its position in the present file, if its tables there can be taken over. */
  #savedFitting(projection: Projection): SavedPosition | undefined {
    if (!this.#isAttached() || !this.#hasSameTables(projection)) return undefined;
    return positionsIn(this.#database, PRESENT).get(projection.name);
  }

  /** Undefined if the present file is damaged. */
  #unlessDamaged<Result>(work: () => Result): Result | undefined {
    const { generations, log } = this.#options;
    try {
      return work();
    } catch (error) {
      if (!isDamage(error)) throw error;
      log.warn(
        { file: generations.path, err: error },
        'not all tables of the present file can be taken over; the rest are filled',
      );
      return undefined;
    }
  }

  #isAttached(): boolean {
    return this.#database.prepare('SELECT 1 FROM pragma_database_list WHERE name = ?').get(PRESENT) !== undefined;
  }

  #hasSameTables({ name }: Projection): boolean {
    const present = tablesOf(this.#database, name, PRESENT);
    return present.length > 0 && isDeepStrictEqual(present, tablesOf(this.#database, name));
  }

  /** Copies its rows and its position as of one moment, or nothing, also if somebody has just given the tables up. */
  #copy({ name }: Projection): void {
    this.#database.transaction(() => {
      if (!positionsIn(this.#database, PRESENT).has(name)) return;
      const tables = tablesOf(this.#database, name).map((table) => quoted(table.name));
      for (const table of tables) this.#database.exec(`INSERT INTO main.${table} SELECT * FROM ${PRESENT}.${table}`);
      this.#positions.copy(name, PRESENT);
      this.#takenOver.add(name);
    })();
  }
}

/** Drops all indexes but those of primary keys. Returns the statements that create them. */
function dropIndexes(database: Database.Database): string[] {
  const indexes = database
    .prepare<[], { name: string; sql: string }>("SELECT name, sql FROM sqlite_schema WHERE type = 'index' AND sql IS NOT NULL")
    .all();
  for (const { name } of indexes) database.exec(`DROP INDEX ${quoted(name)}`);
  return indexes.map(({ sql }) => sql);
}
