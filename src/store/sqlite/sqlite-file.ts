import { statSync } from 'node:fs';
import { basename } from 'node:path';
import { hasCode } from '../../shared/error-code.js';
import { UnfitFile } from '../../shared/file-text.js';
import Database, { boundWal } from '../../shared/sqlite.js';
import { LogMismatch, OldFormat } from '../event-store.js';

/** "Kldg": marks the database, for `file` and for us, as a Keyledger event log. */
const APPLICATION_ID = 0x4b6c6467;
/** The format of the log. Format 1 was never released: it uses other names, and nothing reads it. */
const FORMAT = 2;

const SCHEMA = `
  CREATE TABLE events (
    position INTEGER PRIMARY KEY AUTOINCREMENT,
    category TEXT NOT NULL,
    stream TEXT NOT NULL,
    version INTEGER NOT NULL,
    id TEXT NOT NULL,
    type TEXT NOT NULL,
    schemaVersion INTEGER NOT NULL,
    data TEXT NOT NULL,
    metadata TEXT NOT NULL
  ) STRICT;
  CREATE UNIQUE INDEX events_of_stream ON events (stream, version);
  CREATE INDEX events_of_category ON events (category, position);
  PRAGMA application_id = ${APPLICATION_ID};
  PRAGMA user_version = ${FORMAT};
`;

/** How long opening the file waits for another process, in milliseconds. */
const BUSY_MS = 1000;

/**
 * Opens the event log, or creates it. WAL and `synchronous=FULL`: a commit that returned survives power loss. Afterwards SQLite waits for
 * no lock on this connection, since its wait blocks the process; callers wait with `untilUnlocked`.
 * @throws UnfitFile if it is not a database
 * @throws OldFormat, Error if the file belongs to another program or to a newer Keyledger
 */
export function openLog(file: string): Database.Database {
  const database = new Database(file, { timeout: BUSY_MS });
  try {
    // WAL is a lasting property of a file, so we must not set it on another program's file.
    const isMade = isOurs(database, file);
    database.pragma('journal_mode = WAL');
    database.pragma('synchronous = FULL');
    boundWal(database);
    if (!isMade) database.transaction(() => isOurs(database, file) || database.exec(SCHEMA)).immediate();
    database.pragma('busy_timeout = 0');
    return database;
  } catch (error) {
    database.close();
    if (!hasCode(error, 'SQLITE_NOTADB')) throw error;
    throw new UnfitFile(file, 'is not a database', 'Restore it from a backup.', { cause: error });
  }
}

/**
 * Opens an existing event log read-only.
 * @throws OldFormat, Error if it is none
 */
export function openLogToRead(file: string): Database.Database {
  const database = new Database(file, { readonly: true, timeout: 0 });
  try {
    if (!isOurs(database, file)) throw new Error(`${file} contains no event log. Check KEYLEDGER_DATA and KEYLEDGER_STORE.`);
    return database;
  } catch (error) {
    database.close();
    throw error;
  }
}

/**
 * Watches whether the path still leads to the file that was opened. What is appended to a replaced file is lost.
 * @returns a function that throws LogMismatch if it does not
 */
export function watchFile(file: string): () => void {
  if (file === ':memory:') return () => {};
  const identity = () => {
    const found = statSync(file, { throwIfNoEntry: false });
    return found && `${found.dev}:${found.ino}`;
  };
  const opened = identity();
  return () => {
    if (identity() === opened) return;
    throw new LogMismatch(
      `${basename(file)} was replaced or removed while this process had it open, so no key is verified and nothing is changed. Restart this process.`,
    );
  };
}

/** True if the file holds a log. An empty file does not yet. */
function isOurs(database: Database.Database, file: string): boolean {
  const tables = database.prepare('SELECT count(*) FROM sqlite_schema').pluck().get();
  if (tables === 0) return false;
  const application = database.pragma('application_id', { simple: true });
  const version = Number(database.pragma('user_version', { simple: true }));
  if (application !== APPLICATION_ID) {
    throw new Error(`${file} is a database of another program. Set KEYLEDGER_DATA to a directory of Keyledger's own.`);
  }
  if (version > FORMAT) {
    throw new Error(
      `${file} was written by a newer Keyledger (format ${version}; this one reads format ${FORMAT}). Start the newer one.`,
    );
  }
  if (version < FORMAT) throw new OldFormat(file);
  return true;
}
