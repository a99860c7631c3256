import { join } from 'node:path';
import Database from '../../src/shared/sqlite.js';
import { cleanUpLater } from './world.js';

/** Stops all projections of that data directory, as another process's lock does. Returns a function that ends it. */
export function lockProjections(dataDirectory: string): () => void {
  const database = open(dataDirectory);
  database.exec('BEGIN IMMEDIATE');
  return () => database.exec('ROLLBACK');
}

/** Stops one projection by making its table refuse rows. Returns a function that ends it. */
export function stopProjection(dataDirectory: string, table: string, file?: 'analytics.db'): () => void {
  const database = open(dataDirectory, file);
  database.exec(`CREATE TRIGGER stop_${table} BEFORE INSERT ON ${table} BEGIN SELECT RAISE(ABORT, 'stopped by a test'); END`);
  return () => database.exec(`DROP TRIGGER stop_${table}`);
}

/** Changes the projections of that data directory behind the server's back. */
export function withProjections(dataDirectory: string, change: (database: Database.Database) => void): void {
  change(open(dataDirectory));
}

function open(dataDirectory: string, file = 'projections.db'): Database.Database {
  const database = new Database(join(dataDirectory, file));
  cleanUpLater(() => database.close());
  return database;
}
