import { closeSync, fstatSync, openSync, rmSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { DATA_FILE } from '../shared/data-files.js';
import Database from '../shared/sqlite.js';
import { onceUnlocked } from './output/held-up.js';

/**
 * Runs the work once no other process does such work on this data directory, and says so if it must wait. A lock ends with its process;
 * its file is there only meanwhile, or until the next such work if the process was killed.
 */
export async function whileAlone<T>(dataDirectory: string, work: () => Promise<T>): Promise<T> {
  const file = join(dataDirectory, DATA_FILE.repairing);
  const lock = await onceUnlocked(file, lockFile);
  try {
    return await work();
  } finally {
    // Before the lock ends, so that whoever waits for it finds that the file is gone.
    rmSync(file, { force: true });
    lock.close();
  }
}

/** @throws SQLITE_BUSY if another process has locked it */
function lockFile(file: string): { close(): void } {
  for (;;) {
    const inode = makeFile(file);
    const lock = new Database(file, { timeout: 0 });
    try {
      // Without a file for the journal: nothing is written.
      lock.exec('PRAGMA journal_mode = MEMORY; BEGIN EXCLUSIVE');
      if (statSync(file, { throwIfNoEntry: false })?.ino === inode) return lock;
    } catch (error) {
      lock.close();
      throw error;
    }
    // The process that had it has removed it: another one may have the next.
    lock.close();
  }
}

/** @returns what tells it from a later file of that name */
function makeFile(file: string): number {
  const descriptor = openSync(file, 'a', 0o600);
  try {
    return fstatSync(descriptor).ino;
  } finally {
    closeSync(descriptor);
  }
}
