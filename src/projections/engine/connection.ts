import type { RunResult } from 'better-sqlite3';

/** A prepared statement. */
export interface Query<Parameters extends unknown[], Result> {
  run(...parameters: Parameters): RunResult;
  get(...parameters: Parameters): Result | undefined;
  all(...parameters: Parameters): Result[];
  iterate(...parameters: Parameters): IterableIterator<Result>;
  /** Makes it return the first column instead of rows. */
  pluck(): this;
  /** Makes it return rows as arrays. */
  raw(): this;
}

/** What projections use of an SQLite database. */
export interface Connection {
  prepare<Parameters extends unknown[] | object = unknown[], Result = unknown>(
    sql: string,
  ): Parameters extends unknown[] ? Query<Parameters, Result> : Query<[Parameters], Result>;
  exec(sql: string): unknown;
  /**
   * A number that grows when the tables may have changed, through any connection. What was read stays right while it stays the same.
   * Changes through other connections are looked for at most once before the event loop goes on, since no request arrives in between.
   * Absent if changes are not counted.
   */
  countChanges?(): number;
  transaction<Result>(work: () => Result): Transaction<Result>;
}

export interface Transaction<Result> {
  (): Result;
  /** Asks for the write lock at once. */
  immediate(): Result;
}
