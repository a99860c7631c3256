import { setTimeout as delay } from 'node:timers/promises';
import type { Database } from 'better-sqlite3';
import { untilUnlocked } from '../../shared/until-unlocked.js';
import { LogSealed } from '../event-store.js';
import { prepareSealed } from './sqlite-seal.js';

/** The number of events in a commit, so that neither the event loop nor another writer is blocked. */
const PART = 64;

/** How long others may write between two commits, in milliseconds. */
const REST = 2;

/**
 * Removes the events of a stream. The file reuses their space but does not shrink.
 * @throws LogSealed, and any SQLite error
 */
export async function pruneStream(database: Database, stream: string, signal?: AbortSignal): Promise<void> {
  const sealed = prepareSealed(database);
  // Removes from the end, so that what is left is the beginning of the stream, which an import can copy.
  const remove = database.prepare<[string]>(
    `DELETE FROM events WHERE position IN (SELECT position FROM events WHERE stream = ? ORDER BY version DESC LIMIT ${PART})`,
  );
  const removePart = database.transaction(() => {
    if (sealed.get()) throw new LogSealed();
    return remove.run(stream).changes;
  });
  while ((await untilUnlocked(() => removePart.immediate(), signal)) === PART) await delay(REST, undefined, { signal });
}
