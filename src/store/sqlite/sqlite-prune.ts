import { setTimeout as delay } from 'node:timers/promises';
import type { Database } from 'better-sqlite3';
import { untilUnlocked } from '../../shared/until-unlocked.js';
import { LogSealed } from '../event-store.js';
import { prepareSealed } from './sqlite-seal.js';

/** How many events share a commit, so that neither the event loop nor another writer is held up. */
const PART = 64;

/** How long others may write between two commits, in milliseconds. */
const REST = 2;

/**
 * Removes the events of a stream. What they occupied is used for what comes; the file does not become smaller.
 * @throws LogSealed, and what SQLite throws
 */
export async function pruneStream(database: Database, stream: string, signal?: AbortSignal): Promise<void> {
  const sealed = prepareSealed(database);
  // From the end: what is left is a beginning of the stream, which an import can copy.
  const remove = database.prepare<[string]>(
    `DELETE FROM events WHERE position IN (SELECT position FROM events WHERE stream = ? ORDER BY version DESC LIMIT ${PART})`,
  );
  const removePart = database.transaction(() => {
    if (sealed.get()) throw new LogSealed();
    return remove.run(stream).changes;
  });
  while ((await untilUnlocked(() => removePart.immediate(), signal)) === PART) await delay(REST, undefined, { signal });
}
