import { type FileHandle, mkdir, open } from 'node:fs/promises';
import { dirname } from 'node:path';
import type { Checkpoint } from '../domain/checkpoint.js';
import { checkpointIn, noteEntry, notesIn } from '../domain/note-file.js';

/** How much of the file's end is looked at, in bytes: some fifteen notes. */
const TAIL = 4096;

/** A checkpoint as it was kept. */
export interface KeptNote extends Checkpoint {
  note: string;
}

/**
 * The file in which a data directory keeps every checkpoint that was signed there, one note after another. Any number of
 * processes may append to it at once, without a lock: each appends a whole note in one write.
 */
export class CheckpointFile {
  constructor(readonly path: string) {}

  /**
   * The last dozen, the one of the largest tree last: an export may end after a server has signed a larger tree. Who signed
   * them is not looked at.
   */
  async newest(): Promise<KeptNote[]> {
    const handle = await open(this.path).catch(nothingThere);
    if (!handle) return [];
    try {
      const notes = notesIn(await tailOf(handle));
      return notes.map((note) => ({ ...checkpointIn(note), note })).sort((a, b) => a.size - b.size);
    } finally {
      await handle.close();
    }
  }

  /** Appends the note, unless it is there. It is durable when this resolves: nobody may see it before. */
  async keep(note: string): Promise<void> {
    await mkdir(dirname(this.path), { recursive: true, mode: 0o700 });
    const handle = await open(this.path, 'a+', 0o600);
    try {
      const tail = await tailOf(handle);
      if (!tail.includes(note)) await handle.appendFile(noteEntry(note, tail));
      await handle.sync();
    } finally {
      await handle.close();
    }
  }
}

/** The end of the file, from the beginning of a note on. */
async function tailOf(handle: FileHandle): Promise<string> {
  const { size } = await handle.stat();
  const tail = Buffer.alloc(Math.min(size, TAIL));
  await handle.read(tail, 0, tail.length, size - tail.length);
  const text = tail.toString();
  const [cut] = size > TAIL ? notesIn(text) : [];
  return cut === undefined ? text : text.slice(text.indexOf(cut) + cut.length);
}

function nothingThere(error: NodeJS.ErrnoException): undefined {
  if (error.code !== 'ENOENT') throw error;
}
