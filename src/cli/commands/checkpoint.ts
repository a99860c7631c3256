import { join } from 'node:path';
import type { Config } from '../../config.js';
import { CheckpointFile } from '../../projections/transparency/checkpoint-file.js';
import { DATA_FILE } from '../../shared/data-files.js';
import { isThere } from '../../shared/is-there.js';
import { print } from '../output/output.js';

/**
 * Prints the newest checkpoint that was signed in this data directory.
 * @throws Error if there is none
 */
export async function printCheckpoint({ dataDirectory }: Config): Promise<void> {
  const file = new CheckpointFile(join(dataDirectory, DATA_FILE.checkpoints));
  const newest = isThere(file.path) ? await file.latest() : undefined;
  if (!newest)
    throw new Error(`There is no checkpoint in ${file.path} yet. Start the server: it signs one when there are events.`);
  await print(newest.note);
}
