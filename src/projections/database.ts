import { rmSync } from 'node:fs';
import Database from 'better-sqlite3';
import type { Logger } from 'pino';
import { hasCode } from '../domain/error-code.js';

/** How long SQLite itself waits for another process, in milliseconds; callers wait longer, asynchronously. */
const BUSY_MS = 5;

/** Key ids are random, so that a rebuild writes all over the file: most of it belongs in memory, and to disk only now and then. */
const CACHE_KIB = 24 * 1024;
const CHECKPOINT_PAGES = 20_000;

/**
 * Opens the projections' file, which processes on one machine share. It is as durable as it need be: never torn, and
 * whatever a power cut takes is filled in from the log again. A damaged file is thrown away.
 */
export function openProjections(file: string, log: Pick<Logger, 'warn'>): Database.Database {
  try {
    return open(file);
  } catch (error) {
    if (!['SQLITE_CORRUPT', 'SQLITE_NOTADB'].some((code) => hasCode(error, code))) throw error;
    log.warn({ file, err: error }, 'the projections are damaged; they are rebuilt from the log');
    for (const suffix of ['', '-wal', '-shm']) rmSync(file + suffix, { force: true });
    return open(file);
  }
}

/** Whether another process holds the lock; the transaction did nothing and can be tried again. */
export function isBusy(error: unknown): boolean {
  return hasCode(error, 'SQLITE_BUSY');
}

function open(file: string): Database.Database {
  const database = new Database(file, { timeout: 1000 });
  try {
    database.pragma('journal_mode = WAL');
    database.pragma('synchronous = NORMAL');
    database.pragma(`wal_autocheckpoint = ${CHECKPOINT_PAGES}`);
    database.pragma(`cache_size = -${CACHE_KIB}`);
    database.pragma(`busy_timeout = ${BUSY_MS}`);
    return database;
  } catch (error) {
    database.close();
    throw error;
  }
}
