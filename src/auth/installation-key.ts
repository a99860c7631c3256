import { randomBytes } from 'node:crypto';
import { join } from 'node:path';
import { UnfitFile } from '../shared/file-text.js';
import { KEY_LENGTH, parseKey } from '../shared/key-text.js';
import { readOrCreate } from './key-file.js';

/** Where an installation keeps its keys. */
export interface Installation {
  dataDirectory: string;
  /** On SQLite a process may make a key of its own; on EventStoreDB several machines must use the same. */
  store: { kind: 'sqlite' | 'eventstoredb' };
}

/** A file of the data directory that holds a key. */
export interface KeyFile {
  name: string;
  /** What happens once there is another key. */
  loss: string;
}

/**
 * A key of 32 bytes that every process of an installation must share: the one that the settings give, else on SQLite the one in
 * that file of the data directory, in base64, which is made where it is not there. Undefined where there is none.
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
  const remedy = `Restore it from a backup. Or remove it, and a new key is made: ${loss}.`;
  throw new UnfitFile(file, `does not hold ${KEY_LENGTH} bytes in base64`, remedy);
}

async function newKey(): Promise<string> {
  return `${randomBytes(KEY_LENGTH).toString('base64')}\n`;
}
