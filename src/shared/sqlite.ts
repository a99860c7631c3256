import { createRequire } from 'node:module';
import type BetterSqlite3 from 'better-sqlite3';

/**
 * The SQLite driver for this version of Node. From Node 22 on it is better-sqlite3 13, whose package contains the binaries. That version
 * crashes on Node 20, so Node 20 uses version 12, which `npm run driver` compiles. Both are optional dependencies.
 */
const name = Number.parseInt(process.versions.node, 10) < 22 ? 'better-sqlite3-node20' : 'better-sqlite3';

const Database: typeof BetterSqlite3 = createRequire(import.meta.url)(name);

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
