import { readdir, rename, rm } from 'node:fs/promises';
import { join, resolve } from 'node:path';
import type { Config } from '../../config.js';
import { auditProjections } from '../../projections/all-projections.js';
import { CheckpointFile } from '../../projections/transparency/checkpoint-file.js';
import { type Inspection, inspect } from '../../projections/transparency/inspection.js';
import { KnownLog } from '../../projections/transparency/known-log.js';
import { RestoredMark } from '../../projections/transparency/restored-mark.js';
import { countOf } from '../../shared/count-of.js';
import { DATA_FILE, KEPT_FILES } from '../../shared/data-files.js';
import { copyDurably, syncDirectory } from '../../shared/durable-files.js';
import { isThere } from '../../shared/is-there.js';
import { makeDirectory } from '../../shared/make-directory.js';
import Database from '../../shared/sqlite.js';
import { openStore } from '../../store/open.js';
import { print } from '../output/output.js';
import { WrongUsage } from '../output/wrong-usage.js';
import { whileAlone } from '../while-alone.js';

/**
 * Copies a backup to the data directory, which must be empty, and closes the directory: no backup knows what was deleted later.
 * @throws WrongUsage if the data directory is in use or not empty, if the backup is missing or incomplete, or if the log is in
 *   EventStoreDB
 * @throws Error if the log of the backup does not hold what was signed for it; nothing is left behind then
 */
export async function restore({ store: location, dataDirectory }: Config, given: string): Promise<void> {
  if (location.kind !== 'sqlite')
    throw new WrongUsage(
      'The log is in EventStoreDB, which this command cannot restore. Restore it as its documentation says, then run `keyledger recover`.',
    );
  const backup = resolve(given);
  if (!isThere(join(backup, DATA_FILE.log)))
    throw new WrongUsage(
      `${backup} is not a complete backup: ${DATA_FILE.log} is missing. Name the directory that \`keyledger backup\` wrote.`,
    );
  const mark = new RestoredMark(dataDirectory);
  makeDirectory(dataDirectory);
  await requireUnused(dataDirectory, mark);
  const { size } = await whileAlone(dataDirectory, () => restoreFrom(backup, dataDirectory, location.file, mark));
  await print(`Restored: ${countOf(size, 'event')}, which match all checkpoints of the backup. ${mark.mismatch()?.message}\n`);
}

async function restoreFrom(backup: string, directory: string, log: string, mark: RestoredMark): Promise<Inspection> {
  await claim(directory, mark);
  const restored = await copyAll(backup, directory, log).catch(async (error: unknown) => {
    await empty(directory, log);
    await mark.remove();
    throw error;
  });
  const { last } = restored;
  const end = last ? `whose last event is of ${last.metadata.at}` : 'whose log is empty';
  await mark.finish(`This data directory was restored from the backup ${backup}, ${end}.`);
  return restored;
}

/** Claims the directory for the restore, including the remains of an interrupted restore. */
async function claim(directory: string, mark: RestoredMark): Promise<void> {
  // Another restore may have ended meanwhile.
  await requireUnused(directory, mark);
  if (mark.isUnfinished()) return;
  await mark.begin();
  // A server that started meanwhile without seeing the mark has left its files.
  await requireEmpty(directory, mark).catch(async (error: unknown) => {
    await mark.remove();
    throw error;
  });
}

/** @throws WrongUsage unless the directory is empty, or an interrupted restore has left it */
async function requireUnused(directory: string, mark: RestoredMark): Promise<void> {
  if (mark.isUnfinished()) return;
  if (mark.isRestored()) throw new WrongUsage(`${directory} is restored already. ${mark.mismatch()?.message}`);
  await requireEmpty(directory, mark);
}

async function requireEmpty(directory: string, mark: RestoredMark): Promise<void> {
  const except = [mark.file, join(directory, DATA_FILE.repairing)];
  const found = (await readdir(directory)).map((name) => join(directory, name)).filter((file) => !except.includes(file));
  if (found.length === 0) return;
  throw new WrongUsage(
    `${directory} is in use, or not empty. Stop the services that use it, and move it away. If only its log was lost, keep it: put ${DATA_FILE.log} of the backup in its place, and run \`keyledger recover\`.`,
  );
}

/** @throws Error if the log does not hold what was signed for it */
async function copyAll(backup: string, directory: string, log: string): Promise<Inspection> {
  await empty(directory, log);
  for (const name of KEPT_FILES) {
    if (isThere(join(backup, name))) await copyDurably(join(backup, name), join(directory, name));
  }
  await copyDurably(join(backup, DATA_FILE.log), `${log}.incomplete`);
  await rename(`${log}.incomplete`, log);
  await syncDirectory(directory);
  return requireSigned(directory, log);
}

/** Removes what a restore has copied, and nothing else. */
async function empty(directory: string, log: string): Promise<void> {
  const files = [...KEPT_FILES.map((name) => join(directory, name)), `${log}.incomplete`, log, `${log}-wal`, `${log}-shm`];
  for (const file of files) await rm(file, { force: true });
}

async function requireSigned(directory: string, file: string): Promise<Inspection> {
  const store = await openStore({ kind: 'sqlite', file });
  const nothing = new Database(':memory:');
  try {
    const { history, transparency: tree } = auditProjections(nothing);
    const known = new KnownLog({ database: nothing, history, tree });
    const checkpoints = new CheckpointFile(join(directory, DATA_FILE.checkpoints));
    const found = await inspect(store, { known, history, tree, checkpoints });
    // Nothing else is known of this log: there are no projections yet.
    const { broken } = found;
    if (!broken) return found;
    throw new Error(
      `The log of the backup does not hold the ${countOf(broken.size, 'event')} that its checkpoint of ${broken.origin} covers. Nothing was restored. Use another backup.`,
    );
  } finally {
    await store.close();
    nothing.close();
  }
}
