import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { HistoryProjection } from '../../projections/audit/history.js';
import { KnownLog } from '../../projections/transparency/known-log.js';
import { findMismatch } from '../../projections/transparency/log-difference.js';
import { RestoredMark } from '../../projections/transparency/restored-mark.js';
import { TransparencyProjection } from '../../projections/transparency/transparency.js';
import { DATA_FILE } from '../../shared/data-files.js';
import Database from '../../shared/sqlite.js';
import type { EventStore, LogMismatch } from '../../store/event-store.js';

/**
 * Refuses a log that is not the one of this data directory. Even a record of the read could take the place of an event that is to be put
 * back.
 * @throws LogMismatch
 */
export async function requireSameLog(dataDirectory: string, store: EventStore): Promise<void> {
  const mismatch =
    new RestoredMark(dataDirectory).mismatch() ?? (await mismatchOf(join(dataDirectory, DATA_FILE.projections), store));
  if (mismatch) throw mismatch;
}

/** If the projections cannot be read, nothing is known; services report that. */
async function mismatchOf(file: string, store: EventStore): Promise<LogMismatch | undefined> {
  if (!existsSync(file)) return undefined;
  const database = new Database(file, { readonly: true, timeout: 1000 });
  try {
    const known = knownIn(database);
    return known && (await findMismatch(store, known));
  } finally {
    database.close();
  }
}

function knownIn(database: Database.Database): KnownLog | undefined {
  try {
    const [history, tree] = [new HistoryProjection(database), new TransparencyProjection(database)];
    return new KnownLog({ database, history, tree });
  } catch {
    return undefined;
  }
}
