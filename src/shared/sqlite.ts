import { createRequire } from 'node:module';
import type BetterSqlite3 from 'better-sqlite3';
import { SQLITE_DRIVER } from './sqlite-driver.js';

/**
 * The SQLite driver. If a statement runs often, compares a column with a parameter, and orders rows or looks for the first or last one,
 * write `IN (?)` instead of `= ?`: SQLite 3.54 prepares the latter anew each time that a value is bound.
 */
const Database: typeof BetterSqlite3 = createRequire(import.meta.url)(SQLITE_DRIVER);

declare namespace Database {
  type Database = BetterSqlite3.Database;
}

/** The size to which SQLite truncates a write-ahead log, in bytes. Long reads and large transactions make it larger. */
const WAL_LIMIT = 64 * 1024 * 1024;

/** Makes this connection truncate the write-ahead log when its content is no longer needed. */
export function boundWal(database: Database.Database): void {
  database.pragma(`journal_size_limit = ${WAL_LIMIT}`);
}

export default Database;
