import { randomBytes } from 'node:crypto';
import { join } from 'node:path';
import { UnfitFile } from '../shared/file-text.js';
import { KEY_LENGTH, parseKey } from '../shared/key-text.js';
import { readOrCreate } from './key-file.js';

/** Where an installation keeps its keys. */
export interface Installation {
  dataDirectory: string;
  /** With SQLite, a process may create a key. With EventStoreDB, several machines must use the same one. */
  store: { kind: 'sqlite' | 'eventstoredb' };
}

/** A key file in the data directory. */
export interface KeyFile {
  name: string;
  /** The consequence of a changed key. */
  loss: string;
}

/**
 * A 32-byte key that all processes of an installation share: the one from the settings; otherwise, with SQLite, the one in that file of
 * the data directory, in base64, which is created if missing. Undefined if there is none.
 * @throws UnfitFile
 */
export async function openInstallationKey(
  given: Buffer | undefined,
  { name, loss }: KeyFile,
  { dataDirectory, store }: Installation,
): Promise<Buffer | undefined> {
  if (given) return given;
  if (store.kind !== 'sqlite') return undefined;
  const file = join(dataDirectory, name);
  const key = parseKey((await readOrCreate(file, newKey)).trim());
  if (key) return key;
  const remedy = `Restore it from a backup, or remove it: a new key is then created, but ${loss}.`;
  throw new UnfitFile(file, `does not contain ${KEY_LENGTH} bytes in base64`, remedy);
}

async function newKey(): Promise<string> {
  return `${randomBytes(KEY_LENGTH).toString('base64')}\n`;
}
