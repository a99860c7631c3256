import { join } from 'node:path';
import Database from '../../src/shared/sqlite.js';
import { cleanUpLater } from './cleanup.js';
import { fileOf, type ProjectionFile } from './projection-files.js';

/** Stops the projections of `keys.db` and `projections.db`, as another process's locks do. Returns a function that ends it. */
export function lockProjections(dataDirectory: string): () => void {
  const databases = [open(dataDirectory, 'keys.db'), open(dataDirectory, 'projections.db')];
  for (const database of databases) database.exec('BEGIN IMMEDIATE');
  return () => {
    for (const database of databases) database.exec('ROLLBACK');
  };
}

/** Stops one projection by making its table refuse rows. Returns a function that ends it. */
export function stopProjection(dataDirectory: string, table: string): () => void {
  const database = open(dataDirectory, fileOf(table));
  database.exec(`CREATE TRIGGER stop_${table} BEFORE INSERT ON ${table} BEGIN SELECT RAISE(ABORT, 'stopped by a test'); END`);
  return () => database.exec(`DROP TRIGGER stop_${table}`);
}

/** Changes a file of projections behind the server's back. */
export function withProjections(
  dataDirectory: string,
  file: ProjectionFile,
  change: (database: Database.Database) => void,
): void {
  const database = new Database(join(dataDirectory, file));
  try {
    change(database);
  } finally {
    database.close();
  }
}

function open(dataDirectory: string, file: ProjectionFile): Database.Database {
  const database = new Database(join(dataDirectory, file));
  cleanUpLater(() => database.close());
  return database;
}
