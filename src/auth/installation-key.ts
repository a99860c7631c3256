import { randomBytes } from 'node:crypto';
import { join } from 'node:path';
import { readOrCreate } from './key-file.js';

const LENGTH = 32;

/** Where an installation keeps its keys. */
export interface Installation {
  dataDirectory: string;
  /** On SQLite a process may make a key of its own; on EventStoreDB several machines must use the same. */
  store: { kind: 'sqlite' | 'eventstoredb' };
}

/**
 * A key of 32 bytes that every process of an installation must share: the one that the settings give, else on SQLite the one in
 * that file of the data directory, in base64, which is made where it is not there. Undefined where there is none.
 * @throws UnreadableKey
 */
export async function openInstallationKey(
  given: Buffer | undefined,
  name: string,
  { dataDirectory, store }: Installation,
): Promise<Buffer | undefined> {
  if (given) return given;
  if (store.kind !== 'sqlite') return undefined;
  const file = join(dataDirectory, name);
  return parseKey(await readOrCreate(file, async () => `${randomBytes(LENGTH).toString('base64')}\n`), file);
}

/** The file does not hold a key. */
export class UnreadableKey extends Error {
  constructor(file: string) {
    super(`${file} does not hold ${LENGTH} bytes in base64.`);
  }
}

function parseKey(text: string, file: string): Buffer {
  const key = Buffer.from(text.trim(), 'base64');
  if (key.length !== LENGTH) throw new UnreadableKey(file);
  return key;
}
