/**
 * The package with the SQLite driver for this version of Node. From Node 22 on it is better-sqlite3 13, whose package contains the
 * binaries. That version crashes on Node 20, so Node 20 uses version 12, which `npm run driver` compiles. Both are optional dependencies.
 */
export const SQLITE_DRIVER = Number.parseInt(process.versions.node, 10) < 22 ? 'better-sqlite3-node20' : 'better-sqlite3';
