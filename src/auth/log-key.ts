import { randomBytes } from 'node:crypto';
import { join } from 'node:path';
import { readOrCreate } from './key-file.js';

const SEED_LENGTH = 32;

/** The settings that say where the seed is. */
export interface LogKeyLocation {
  /** It goes before the file `log.key` in the data directory, which holds it in base64. */
  logKey: Buffer | undefined;
  dataDirectory: string;
  /** On SQLite a process may make a key of its own; on EventStoreDB several machines must sign with the same. */
  store: { kind: 'sqlite' | 'eventstoredb' };
}

/**
 * The 32-byte seed that the transparency log's checkpoints are signed with; undefined where this installation has none.
 * @throws UnreadableLogKey
 */
export async function openLogKey({ logKey, dataDirectory, store }: LogKeyLocation): Promise<Buffer | undefined> {
  if (logKey) return logKey;
  if (store.kind !== 'sqlite') return undefined;
  const file = join(dataDirectory, 'log.key');
  return parseSeed(await readOrCreate(file, async () => `${randomBytes(SEED_LENGTH).toString('base64')}\n`), file);
}

/** The file does not hold a seed. */
export class UnreadableLogKey extends Error {
  constructor(file: string) {
    super(`${file} does not hold ${SEED_LENGTH} bytes in base64.`);
  }
}

function parseSeed(text: string, file: string): Buffer {
  const seed = Buffer.from(text.trim(), 'base64');
  if (seed.length !== SEED_LENGTH) throw new UnreadableLogKey(file);
  return seed;
}
