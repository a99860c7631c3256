import { join } from 'node:path';
import type { Config } from '../config.js';
import { notesIn } from '../domain/note-file.js';
import { readTail } from './lines.js';

/** More than the longest note. */
const TAIL = 4096;

/**
 * Prints the newest checkpoint that a server signed in this data directory.
 * @throws Error where there is none
 */
export async function printCheckpoint({ dataDirectory }: Config): Promise<void> {
  const file = join(dataDirectory, 'checkpoints');
  const note = notesIn(String(await readTail(file, TAIL).catch(() => ''))).at(-1);
  if (note === undefined) throw new Error(`There is no checkpoint in ${file} yet: a server signs one, once there are events.`);
  process.stdout.write(note);
}
