import { closeSync, openSync } from 'node:fs';
import { readdir, rename, rm } from 'node:fs/promises';
import { join, resolve } from 'node:path';
import type { Config } from '../../config.js';
import { DATA_FILE, KEPT_FILES } from '../../shared/data-files.js';
import { copyDurably, makeDurable, syncDirectory } from '../../shared/durable-files.js';
import { isThere } from '../../shared/is-there.js';
import { makeDirectory } from '../../shared/make-directory.js';
import { openLogToRead } from '../../store/sqlite/sqlite-file.js';
import { withExistingStore } from '../existing-store.js';
import { onceUnlocked } from '../output/held-up.js';
import { print } from '../output/output.js';
import { WrongUsage } from '../output/wrong-usage.js';

/**
 * Copies everything that cannot be recreated to a directory. Services continue meanwhile. The checkpoints are copied first and the log
 * last, so the copied log holds all that was signed.
 * @throws WrongUsage if the directory is not empty, or if the log is in EventStoreDB
 * @throws LogMismatch if the log is not the one of this data directory
 * @throws Error if the disk fails; nothing is left behind then
 */
export async function backup(config: Config, given: string): Promise<void> {
  const { store, dataDirectory, logKey, pseudonymKey } = config;
  if (store.kind !== 'sqlite') throw new WrongUsage(elsewhere(dataDirectory));
  const directory = resolve(given);
  await withExistingStore(config, async () => {
    await makeEmpty(directory);
    const made: string[] = [];
    try {
      await copyKept(dataDirectory, directory, made);
      await copyLog(store.file, directory, made);
      await syncDirectory(directory);
    } catch (error) {
      for (const file of made) await rm(file, { force: true });
      throw error;
    }
  });
  await print(`The backup is complete: ${directory}\n`);
  const settings = [logKey && 'KEYLEDGER_LOG_KEY', pseudonymKey && 'KEYLEDGER_PSEUDONYM_KEY'].filter(Boolean);
  if (settings.length > 0)
    await print(`It does not contain the keys that come from settings. Keep these settings, too: ${settings.join(', ')}.\n`);
}

/** @param made takes the names of the files that were created */
async function copyKept(dataDirectory: string, directory: string, made: string[]): Promise<void> {
  for (const name of KEPT_FILES) {
    const [from, to] = [join(dataDirectory, name), join(directory, name)];
    if (!isThere(from)) continue;
    await copyDurably(from, to);
    made.push(to);
  }
}

/** Copies in one read transaction, so writers continue meanwhile. An interrupted copy has another name. */
async function copyLog(file: string, directory: string, made: string[]): Promise<void> {
  const draft = join(directory, `${DATA_FILE.log}.incomplete`);
  // A file that SQLite creates itself would be readable by everybody.
  closeSync(openSync(draft, 'wx', 0o600));
  made.push(draft, `${draft}-journal`);
  const log = await onceUnlocked(file, openLogToRead);
  try {
    log.prepare('VACUUM INTO ?').run(draft);
  } finally {
    log.close();
  }
  await makeDurable(draft);
  const copy = join(directory, DATA_FILE.log);
  await rename(draft, copy);
  made.push(copy);
}

async function makeEmpty(directory: string): Promise<void> {
  makeDirectory(directory, { alternative: 'name another directory' });
  if ((await readdir(directory)).length > 0)
    throw new WrongUsage(`${directory} is not empty. Name an empty directory, or a new one.`);
}

function elsewhere(dataDirectory: string): string {
  return `The log is in EventStoreDB, which this command cannot back up. First copy ${KEPT_FILES.join(', ')} from ${dataDirectory}. Then copy EventStoreDB's database directory, beginning with chaser.chk (see "Backup and restore" in its documentation).`;
}
