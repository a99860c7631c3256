import type { Database, Statement } from 'better-sqlite3';
import { hasCode } from '../../shared/error-code.js';
import { LogSealed } from '../event-store.js';
import { openLog } from './sqlite-file.js';

/** A trigger binds every process on the file, whatever its version, including those that have it open. */
const SEAL = `
  CREATE TRIGGER IF NOT EXISTS sealed BEFORE INSERT ON events
  BEGIN SELECT RAISE(ABORT, '${new LogSealed().message}'); END
`;

/** A mark for followers that the log was moved. The trigger never fires: events are never updated. */
const MARK = `
  CREATE TRIGGER IF NOT EXISTS moved BEFORE UPDATE ON events
  BEGIN SELECT RAISE(ABORT, '${new LogSealed().message}'); END
`;

/**
 * Seals the log, durably: it takes no more events; everything that was acknowledged can be read. To undo it: `DROP TRIGGER sealed`, but
 * only while nothing was appended to the log's new place.
 * @throws SqliteError while another process has the log locked; then try again
 */
export function sealLog(file: string): void {
  change(file, SEAL);
}

/**
 * Marks the log as moved, so that nobody follows it beyond its end. Processes on it learn nothing of later events, and stop verifying keys
 * as soon as they are no longer fresh; later processes never verify any. To undo it: `DROP TRIGGER moved`.
 * @throws SqliteError while another process has the log locked; then try again
 */
export function markMoved(file: string): void {
  change(file, MARK);
}

/** A statement that returns a row if the log was moved. */
export function prepareMoved(log: Database): Statement<[], number> {
  return prepareTrigger(log, 'moved');
}

/** A statement that returns a row if the log is sealed. */
export function prepareSealed(log: Database): Statement<[], number> {
  return prepareTrigger(log, 'sealed');
}

function prepareTrigger(log: Database, name: 'moved' | 'sealed'): Statement<[], number> {
  return log.prepare<[], number>(`SELECT 1 FROM sqlite_schema WHERE type = 'trigger' AND name = '${name}'`);
}

function change(file: string, sql: string): void {
  const log = openLog(file);
  try {
    log.transaction(() => log.exec(sql)).immediate();
  } finally {
    log.close();
  }
}

/** True if an insert failed because the log is sealed. */
export function isSealed(error: unknown): boolean {
  return hasCode(error, 'SQLITE_CONSTRAINT_TRIGGER');
}
