import { join } from 'node:path';
import Database from '../../src/shared/sqlite.js';
import { cleanUpLater } from './world.js';

/** Has the projections of that data directory stand still, all of them, as behind a foreign lock; until it is called. */
export function lockProjections(dataDirectory: string): () => void {
  const database = open(dataDirectory);
  database.exec('BEGIN IMMEDIATE');
  return () => database.exec('ROLLBACK');
}

/** Has one projection stand still, because that table of it takes no rows; until it is called. */
export function stopProjection(dataDirectory: string, table: string, file?: 'analytics.db'): () => void {
  const database = open(dataDirectory, file);
  database.exec(`CREATE TRIGGER stop_${table} BEFORE INSERT ON ${table} BEGIN SELECT RAISE(ABORT, 'stopped by a test'); END`);
  return () => database.exec(`DROP TRIGGER stop_${table}`);
}

/** Does something to the projections of that data directory behind the server's back. */
export function withProjections(dataDirectory: string, change: (database: Database.Database) => void): void {
  change(open(dataDirectory));
}

function open(dataDirectory: string, file = 'projections.db'): Database.Database {
  const database = new Database(join(dataDirectory, file));
  cleanUpLater(() => database.close());
  return database;
}
