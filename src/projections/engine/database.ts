import { randomUUID } from 'node:crypto';
import { closeSync, openSync, readdirSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import type { Logger } from 'pino';
import { rebuiltFile } from '../../shared/data-files.js';
import Database, { boundWal } from '../../shared/sqlite.js';
import { openUnlocked, untilUnlocked } from '../../shared/until-unlocked.js';
import type { Connection } from './connection.js';
import { isCorruption } from './damage.js';
import { PositionTable } from './position.js';
import type { Replaceable } from './replaceable.js';

/** Key ids are random, so they are read and written all over the file. Much of it should stay in memory. */
const CACHE_KIB = 24 * 1024;

/** A checkpoint holds the event loop of the process that commits, so it copies few pages at once. */
const CHECKPOINT_PAGES = 1000;

/** A rebuilt database is written once, and its cache is all the memory that it uses. */
const NAMELESS_CACHE_KIB = 64 * 1024;

const REBUILT = new RegExp(`^${rebuiltFile('[0-9a-f-]{36}').replace('.', '\\.')}$`);

/** An open file of projections, and what `make` returned. */
export interface Opened<T> {
  database: Connection & { close(): void };
  projections: T;
  /** Set if another file can take its place. */
  file?: Replaceable;
}

/**
 * Opens the projections' file, which the processes of one machine share. It is never torn; events lost in a power cut are filled in from
 * the log again. A damaged file is deleted, but not one that cannot be read. SQLite waits for no lock on this connection; callers wait with
 * `untilUnlocked`.
 * @param make creates the missing tables and whatever else is built on the file; called again if another process held a lock
 * @throws FileLocked if another process holds a lock for too long
 */
export function openProjections<T>(
  file: string,
  log: Pick<Logger, 'warn'>,
  make: (database: Database.Database) => T,
): Promise<Opened<T> & { database: Database.Database }> {
  const onWait = () => log.warn({ file }, 'another process has locked the file; waiting for it');
  return openUnlocked(file, () => openAndMake(file, log, make), onWait);
}

/**
 * Opens an empty database on that directory's disk. Its file is unlinked at once, so nobody else can open it. What a process has left
 * behind that was killed before that is unlinked, too.
 */
export function openNameless(directory: string): Database.Database {
  const left = readdirSync(directory).filter((name) => REBUILT.test(name));
  for (const name of left) rmSync(join(directory, name), { force: true });
  const file = join(directory, rebuiltFile(randomUUID()));
  closeSync(openSync(file, 'wx', 0o600));
  try {
    const database = new Database(file);
    // SQLite names a journal after the file, and refuses to create one for a file without a name.
    for (const pragma of ['journal_mode = MEMORY', 'synchronous = OFF', `cache_size = -${NAMELESS_CACHE_KIB}`]) {
      database.pragma(pragma);
    }
    return database;
  } finally {
    // Another process may have taken it for one that was left behind.
    rmSync(file, { force: true });
  }
}

/**
 * Runs the work in one transaction under the write lock, as soon as no other process holds it.
 * @param signal cancels the wait
 */
export function whenUnlocked<T>(database: Connection, work: () => T, signal?: AbortSignal): Promise<T> {
  const transaction = database.transaction(work);
  return untilUnlocked(() => transaction.immediate(), signal);
}

/** Runs the work in one transaction, which begins as soon as no other process holds a lock. */
export async function inTransaction<T>(database: Database.Database, work: () => Promise<T>): Promise<T> {
  await untilUnlocked(() => database.exec('BEGIN'));
  try {
    const result = await work();
    await untilUnlocked(() => database.exec('COMMIT'));
    return result;
  } finally {
    if (database.inTransaction) database.exec('ROLLBACK');
  }
}

function openAndMake<T>(file: string, log: Pick<Logger, 'warn'>, make: (database: Database.Database) => T) {
  const database = openSound(file, log);
  try {
    new PositionTable(database);
    return { database, projections: make(database) };
  } catch (error) {
    database.close();
    throw error;
  }
}

function openSound(file: string, log: Pick<Logger, 'warn'>): Database.Database {
  try {
    return openDatabase(file);
  } catch (error) {
    // What cannot be read now may be read later, and a recovery may need it.
    if (!isCorruption(error)) throw error;
    log.warn({ file, err: error }, 'the projections file is damaged; it is rebuilt from the log');
    for (const suffix of ['', '-wal', '-shm']) rmSync(file + suffix, { force: true });
    return openDatabase(file);
  }
}

/**
 * Opens or creates a file of projections.
 * @param timeout how long SQLite waits for a lock, in milliseconds; the process can do nothing else meanwhile
 * @throws SqliteError if it is damaged or locked
 */
export function openDatabase(file: string, timeout = 0): Database.Database {
  const database = new Database(file, { timeout });
  try {
    database.pragma('journal_mode = WAL');
    database.pragma('synchronous = NORMAL');
    boundWal(database);
    database.pragma(`wal_autocheckpoint = ${CHECKPOINT_PAGES}`);
    database.pragma(`cache_size = -${CACHE_KIB}`);
    return database;
  } catch (error) {
    database.close();
    throw error;
  }
}
