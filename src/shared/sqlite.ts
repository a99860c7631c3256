import { createRequire } from 'node:module';
import type BetterSqlite3 from 'better-sqlite3';

/**
 * The SQLite driver, chosen by the version of Node. From Node 22 on it is better-sqlite3 13, whose binaries lie in its package.
 * That version crashes on Node 20, where version 12 serves, which `npm run driver` compiles. Both are optional dependencies.
 */
const name = Number.parseInt(process.versions.node, 10) < 22 ? 'better-sqlite3-node20' : 'better-sqlite3';

const Database: typeof BetterSqlite3 = createRequire(import.meta.url)(name);

declare namespace Database {
  type Database = BetterSqlite3.Database;
}

/** How large the write-ahead log of a database stays once it was large, in bytes: a long read or a large transaction makes it so. */
const WAL_LIMIT = 64 * 1024 * 1024;

/** Has this connection give back to the disk what the write-ahead log needs no longer. */
export function boundWal(database: Database.Database): void {
  database.pragma(`journal_size_limit = ${WAL_LIMIT}`);
}

export default Database;
