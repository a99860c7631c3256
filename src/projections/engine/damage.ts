import { hasCode } from '../../shared/error-code.js';

/** A file of projections is damaged. It is being filled again from the log. */
export class TablesDamaged extends Error {
  readonly code = 'NOT_READY';
  constructor(options?: ErrorOptions) {
    super(
      'The tables that answer this are damaged. They are being filled again from the event log. Try again in a moment.',
      options,
    );
  }
}

/** What SQLite reports if a part of a file cannot be read. */
const UNREADABLE = ['READ', 'SHORT_READ', 'DATA', 'CORRUPTFS'].map((what) => `SQLITE_IOERR_${what}`);

/** True if SQLite has found that a file is no database, or a damaged one, or if a part of it cannot be read. */
export function isDamage(error: unknown): boolean {
  return isCorruption(error) || UNREADABLE.some((code) => hasCode(error, code));
}

/** True if SQLite has read a file, and found that it is no database, or a damaged one. */
export function isCorruption(error: unknown): boolean {
  return hasCode(error, 'SQLITE_CORRUPT') || hasCode(error, 'SQLITE_NOTADB');
}
