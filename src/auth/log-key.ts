import { randomBytes } from 'node:crypto';
import { readOrCreate } from './key-file.js';

const SEED_LENGTH = 32;

export interface LogKeyLocation {
  /** The seed that the settings give; it goes before the file. */
  seed: Buffer | undefined;
  /** The file that holds the seed in base64 where the settings give none. */
  file: string;
  /** Whether this process may keep a key of its own: not where several machines must sign with the same. */
  mayCreate: boolean;
}

/**
 * The 32-byte seed that the transparency log's checkpoints are signed with; undefined where this installation has none.
 * @throws UnreadableLogKey
 */
export async function openLogKey({ seed, file, mayCreate }: LogKeyLocation): Promise<Buffer | undefined> {
  if (seed) return seed;
  if (!mayCreate) return undefined;
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
