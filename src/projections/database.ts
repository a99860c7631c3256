import { randomUUID } from 'node:crypto';
import { closeSync, openSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import Database from 'better-sqlite3';
import type { Logger } from 'pino';
import { hasCode } from '../domain/error-code.js';

/** How long SQLite itself waits for another process, in milliseconds; callers wait longer, asynchronously. */
const BUSY_MS = 5;

/** Key ids are random, so that a rebuild writes all over the file: most of it belongs in memory, and to disk only now and then. */
const CACHE_KIB = 24 * 1024;
const CHECKPOINT_PAGES = 20_000;

/** What is rebuilt is written once, and its cache is all that it takes of the memory. */
const NAMELESS_CACHE_KIB = 64 * 1024;

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

/**
 * Opens an empty database on that directory's disk. Its file loses its name at once: nobody else can open it, and nothing is
 * left behind, however the process ends.
 */
export function openNameless(directory: string): Database.Database {
  const file = join(directory, `rebuilt-${randomUUID()}.db`);
  closeSync(openSync(file, 'wx', 0o600));
  try {
    const database = new Database(file);
    // SQLite makes a journal by the name of the file, and refuses to where there is none.
    for (const pragma of ['journal_mode = MEMORY', 'synchronous = OFF', `cache_size = -${NAMELESS_CACHE_KIB}`]) {
      database.pragma(pragma);
    }
    return database;
  } finally {
    rmSync(file);
  }
}

/** Does the work in one transaction under the write lock, as soon as no other process holds that. */
export function whenUnlocked<T>(database: Database.Database, work: () => T): Promise<T> {
  const transaction = database.transaction(work);
  return untilFree(() => transaction.immediate());
}

/** Does the work in one transaction, which begins as soon as no other process is in the way. */
export async function inTransaction<T>(
  database: Database.Database,
  begin: 'BEGIN' | 'BEGIN IMMEDIATE',
  work: () => Promise<T>,
): Promise<T> {
  await untilFree(() => database.exec(begin));
  try {
    const result = await work();
    database.exec('COMMIT');
    return result;
  } finally {
    if (database.inTransaction) database.exec('ROLLBACK');
  }
}

/** Tries again while another process holds the lock; what it kept from being done did nothing. */
async function untilFree<T>(attempt: () => T): Promise<T> {
  for (;;) {
    try {
      return attempt();
    } catch (error) {
      if (!hasCode(error, 'SQLITE_BUSY')) throw error;
      await delay(1 + Math.random() * 4);
    }
  }
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
