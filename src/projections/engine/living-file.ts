import type { Database, Statement } from 'better-sqlite3';
import { withFileName } from '../../shared/file-fault.js';
import type { Connection, Query } from './connection.js';
import { isDamage, TablesDamaged } from './damage.js';

/**
 * The open file of some projections. A new file can take its place while everything that was prepared on it stays valid. Reports damage
 * wherever it is found.
 */
export class LivingFile implements Connection {
  readonly #onDamage: (error: unknown) => void;
  readonly #dataVersion: Query<[], number>;
  #database: Database;
  #changes = 0;
  /** SQLite's number at the last look. It changes when another connection writes to the file. */
  #seen: number | undefined;
  #isLookedAt = false;

  /** @param onDamage called each time that SQLite finds the file damaged; the statement then throws TablesDamaged */
  constructor(database: Database, onDamage: (error: unknown) => void) {
    this.#database = database;
    this.#onDamage = onDamage;
    this.#dataVersion = this.prepare<[], number>('PRAGMA data_version').pluck();
  }

  /** The database that is open now. Do not keep it, and do not write through it: that would not be counted. */
  get database(): Database {
    return this.#database;
  }

  /** @throws TablesDamaged, SqliteError if the file is locked */
  countChanges(): number {
    if (this.#isLookedAt) return this.#changes;
    const version = this.#dataVersion.get();
    if (version !== this.#seen) this.#changes += 1;
    this.#seen = version;
    this.#isLookedAt = true;
    queueMicrotask(() => {
      this.#isLookedAt = false;
    });
    return this.#changes;
  }

  /** Counts a change that this process has made, or may have made. */
  addChange(): void {
    this.#changes += 1;
  }

  /**
   * Uses another database from now on, and closes the present one. Call it outside transactions.
   * @param onClosed called when the present one is closed
   */
  exchange(database: Database, onClosed = () => {}): void {
    const before = this.#database;
    this.#database = database;
    this.#seen = undefined;
    this.addChange();
    closeOnceIdle(before, onClosed);
  }

  prepare<Parameters extends unknown[] | object = unknown[], Result = unknown>(
    sql: string,
  ): Parameters extends unknown[] ? Query<Parameters, Result> : Query<[Parameters], Result>;
  prepare(sql: string): Query<unknown[], unknown> {
    return new LivingQuery(this, sql);
  }

  exec(sql: string): void {
    try {
      this.attempt(() => this.#database.exec(sql));
    } finally {
      this.addChange();
    }
  }

  transaction<Result>(work: () => Result) {
    const begin = () => this.#database.transaction(work);
    return Object.assign(() => this.#commit(() => begin()()), { immediate: () => this.#commit(() => begin().immediate()) });
  }

  close(): void {
    this.#database.close();
  }

  /** Runs the statements. @throws TablesDamaged if SQLite finds the file damaged */
  attempt<Result>(statements: () => Result): Result {
    try {
      return statements();
    } catch (error) {
      throw this.judge(error);
    }
  }

  /** Runs a transaction. What it has written counts again at its end, when it is committed or rolled back. */
  #commit<Result>(statements: () => Result): Result {
    const before = this.#changes;
    try {
      return this.attempt(statements);
    } finally {
      if (this.#changes !== before) this.addChange();
    }
  }

  /** Reports an error if it means damage. Returns what to throw, which names the file. */
  judge(error: unknown): unknown {
    if (!isDamage(error)) return withFileName(error, this.#database.name);
    this.#onDamage(error);
    return new TablesDamaged({ cause: error });
  }
}

/** A statement that is prepared again on each new database. */
class LivingQuery implements Query<unknown[], unknown> {
  readonly #file: LivingFile;
  readonly #sql: string;
  #mode: 'rows' | 'first column' | 'arrays' = 'rows';
  #database: Database | undefined;
  #statement: Statement<unknown[]> | undefined;

  constructor(file: LivingFile, sql: string) {
    this.#file = file;
    this.#sql = sql;
  }

  run(...parameters: unknown[]) {
    return this.#use((statement) => statement.run(...parameters));
  }

  get(...parameters: unknown[]): unknown {
    return this.#use((statement) => statement.get(...parameters));
  }

  all(...parameters: unknown[]): unknown[] {
    return this.#use((statement) => statement.all(...parameters));
  }

  *iterate(...parameters: unknown[]): Generator<unknown> {
    try {
      yield* this.#prepared().iterate(...parameters);
    } catch (error) {
      throw this.#file.judge(error);
    } finally {
      this.#count();
    }
  }

  pluck(): this {
    this.#mode = 'first column';
    return this;
  }

  raw(): this {
    this.#mode = 'arrays';
    return this;
  }

  #use<Result>(execute: (statement: Statement<unknown[]>) => Result): Result {
    try {
      return execute(this.#prepared());
    } catch (error) {
      throw this.#file.judge(error);
    } finally {
      this.#count();
    }
  }

  #count(): void {
    if (this.#statement?.readonly === false) this.#file.addChange();
  }

  #prepared(): Statement<unknown[]> {
    const { database } = this.#file;
    if (this.#statement && this.#database === database) return this.#statement;
    const statement = database.prepare(this.#sql);
    if (this.#mode === 'first column') statement.pluck();
    if (this.#mode === 'arrays') statement.raw();
    this.#database = database;
    this.#statement = statement;
    return statement;
  }
}

/** A database cannot be closed while somebody reads its rows one by one. */
function closeOnceIdle(database: Database, onClosed: () => void): void {
  try {
    database.close();
  } catch {
    setImmediate(() => closeOnceIdle(database, onClosed));
    return;
  }
  onClosed();
}
