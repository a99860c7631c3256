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

/** True if SQLite has found that a file is no database, or a damaged one. */
export function isDamage(error: unknown): boolean {
  return hasCode(error, 'SQLITE_CORRUPT') || hasCode(error, 'SQLITE_NOTADB');
}
