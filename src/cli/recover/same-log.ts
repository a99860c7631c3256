import { join } from 'node:path';
import { HistoryProjection } from '../../projections/audit/history.js';
import { KnownLog } from '../../projections/transparency/known-log.js';
import { confirmedByLeader, findMismatch } from '../../projections/transparency/log-difference.js';
import { RestoredMark } from '../../projections/transparency/restored-mark.js';
import { TransparencyProjection } from '../../projections/transparency/transparency.js';
import { DATA_FILE } from '../../shared/data-files.js';
import { isThere } from '../../shared/is-there.js';
import Database from '../../shared/sqlite.js';
import type { EventStore, LogMismatch } from '../../store/event-store.js';

/**
 * Refuses a log that is not the one of this data directory. Even a record of the read could take the place of an event that is to be put
 * back.
 * @throws LogMismatch
 */
export async function requireSameLog(dataDirectory: string, store: EventStore): Promise<void> {
  const mismatch = new RestoredMark(dataDirectory).mismatch() ?? (await mismatchOf(dataDirectory, store));
  if (mismatch) throw mismatch;
}

/** If the projections cannot be read, nothing is known; services report that. */
async function mismatchOf(dataDirectory: string, store: EventStore): Promise<LogMismatch | undefined> {
  const open = (name: string) => openIfThere(join(dataDirectory, name));
  const [audit, keys] = [open(DATA_FILE.projections), open(DATA_FILE.keys)];
  try {
    const known = knownIn(audit, keys);
    return known && (await confirmedByLeader(store, () => findMismatch(store, known)));
  } finally {
    for (const database of [audit, keys]) database.close();
  }
}

/** Opens the file to read it. If it does not exist, opens an empty database. */
function openIfThere(file: string): Database.Database {
  return isThere(file) ? new Database(file, { readonly: true, timeout: 1000 }) : new Database(':memory:');
}

function knownIn(audit: Database.Database, keys: Database.Database): KnownLog | undefined {
  try {
    const [history, tree] = [new HistoryProjection(audit), new TransparencyProjection(audit)];
    const known = new KnownLog({ database: audit, history, tree });
    known.add({ database: keys });
    return known;
  } catch {
    return undefined;
  }
}
