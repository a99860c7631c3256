import type { Database, Statement } from 'better-sqlite3';
import { hasCode } from '../../shared/error-code.js';
import { LogSealed } from '../event-store.js';
import { openLog } from './sqlite-file.js';

/** A trigger holds for every process on the file, whatever its version, and for those that have it open. */
const SEAL = `
  CREATE TRIGGER IF NOT EXISTS sealed BEFORE INSERT ON events
  BEGIN SELECT RAISE(ABORT, '${new LogSealed().message}'); END
`;

/** Events are never updated: this trigger does nothing but be there, and tells those who follow the log that it is over. */
const MARK = `
  CREATE TRIGGER IF NOT EXISTS moved BEFORE UPDATE ON events
  BEGIN SELECT RAISE(ABORT, '${new LogSealed().message}'); END
`;

/** How long to wait for the write lock of a log that is in use, in milliseconds. */
const BUSY_MS = 30_000;

/**
 * From its return on, the log takes no more events, which is on disk then; whatever was acknowledged before can be read.
 * To undo it: `DROP TRIGGER sealed`, only as long as nothing was appended to where the log was moved.
 */
export function sealLog(file: string): void {
  change(file, SEAL);
}

/**
 * From its return on, nobody follows the log any more: processes that are still on it learn of nothing that happens elsewhere, and
 * stop to verify keys as soon as they are no longer fresh. To undo it: `DROP TRIGGER moved`.
 */
export function markMoved(file: string): void {
  change(file, MARK);
}

/** A statement that has a row once the log was moved. */
export function prepareMoved(log: Database): Statement<[], number> {
  return log.prepare<[], number>("SELECT 1 FROM sqlite_schema WHERE type = 'trigger' AND name = 'moved'");
}

/** A statement that has a row once the log is sealed. */
export function prepareSealed(log: Database): Statement<[], number> {
  return log.prepare<[], number>("SELECT 1 FROM sqlite_schema WHERE type = 'trigger' AND name = 'sealed'");
}

function change(file: string, sql: string): void {
  const log = openLog(file);
  try {
    log.pragma(`busy_timeout = ${BUSY_MS}`);
    log.transaction(() => log.exec(sql)).immediate();
  } finally {
    log.close();
  }
}

/** Whether an insert failed because the log is sealed. */
export function isSealed(error: unknown): boolean {
  return hasCode(error, 'SQLITE_CONSTRAINT_TRIGGER');
}
