import { openUnlocked } from '../../shared/until-unlocked.js';
import { openLog } from '../../store/sqlite/sqlite-file.js';
import { sayLocked } from '../output/held-up.js';

/**
 * Changes an SQLite log as soon as no other process has it locked, and says so if it must wait. Such a change itself would wait without a
 * word: SQLite's own wait blocks the process.
 * @throws Error if the log stays locked
 */
export async function changeLog(file: string, change: (file: string) => void): Promise<void> {
  const log = openLog(file);
  try {
    const lockOnce = () => log.transaction(() => {}).immediate();
    await openUnlocked(file, lockOnce, () => sayLocked(file));
  } finally {
    log.close();
  }
  change(file);
}
