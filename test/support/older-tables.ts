import type Database from 'better-sqlite3';

/** Makes the file of projections like one of an older version: no table has its present name. */
export function renameTables(database: Database.Database): void {
  const names = (type: 'table' | 'view') =>
    database
      .prepare<[string], string>("SELECT name FROM sqlite_schema WHERE type = ? AND name NOT LIKE 'positions\\_%' ESCAPE '\\'")
      .pluck()
      .all(type);
  for (const view of names('view')) database.exec(`DROP VIEW ${view}`);
  for (const table of names('table')) database.exec(`ALTER TABLE ${table} RENAME TO old_${table}`);
}
