import { type FileHandle, open, readFile } from 'node:fs/promises';
import { dirname } from 'node:path';
import type { Checkpoint } from '../../domain/transparency/checkpoint.js';
import { checkpointIn, isBegunNote, noteEntry, notesIn } from '../../domain/transparency/note-file.js';
import { UnfitFile, withPlainEnds } from '../../shared/file-text.js';
import { undefinedIfMissing } from '../../shared/is-there.js';
import { makeDirectory } from '../../shared/make-directory.js';
import { messageOf } from '../../shared/message-of.js';
import { isCurrent, shortenNotes } from './shorten-notes.js';

/** How much of the file's end is read, in bytes: about fifteen notes. */
const TAIL = 4096;

const REMEDY = 'Restore it from a backup. It is the evidence that nobody has shortened or rewritten the log.';

/** A checkpoint as it was kept. */
export interface KeptNote extends Checkpoint {
  note: string;
}

/**
 * The file of a data directory that keeps the checkpoints signed there, one note after another: several thousand of the newest, and the
 * last of each name. Any number of processes may append to it without a lock, since each appends a note in one write, and a note
 * that a full disk has torn does not affect those after it.
 */
export class CheckpointFile {
  constructor(readonly path: string) {}

  /**
   * The last dozen checkpoints of any name, in the order in which they were kept. Their signatures are not verified.
   * @throws UnfitFile if the file holds anything else, so that nobody knows what was signed
   */
  async last(): Promise<KeptNote[]> {
    return (await this.#tail()).map((note) => this.#read(note));
  }

  /**
   * Those of `last` that were signed under that name, the one of the largest tree last: an export may end after a server has signed a
   * larger tree.
   * @throws UnfitFile
   */
  async newest(origin: string): Promise<KeptNote[]> {
    return signedUnder(origin, await this.last());
  }

  /**
   * The checkpoint of the largest tree under the name that was used last.
   * @throws UnfitFile
   */
  async latest(): Promise<KeptNote | undefined> {
    return latestOf(await this.last());
  }

  /** Every name that was ever used here. */
  async origins(): Promise<string[]> {
    const text = await readFile(this.path, 'utf8').catch(undefinedIfMissing);
    const origins = notesIn(text ?? '').flatMap((note) => readNote(note)?.origin ?? []);
    return [...new Set(origins)];
  }

  /** Like `last`, but skips anything that is not a checkpoint. */
  async readable(): Promise<KeptNote[]> {
    const tail = await this.#tail().catch((error: unknown) => {
      if (error instanceof UnfitFile) return [];
      throw error;
    });
    return tail.flatMap((note) => readNote(note) ?? []);
  }

  /**
   * Appends the note, unless it is there. It is durable when the promise resolves; do not show it to anybody before.
   * @throws UnfitFile
   */
  async keep(note: string): Promise<void> {
    makeDirectory(dirname(this.path));
    const handle = await open(this.path, 'a+', 0o600);
    try {
      const tail = await this.#tailOf(handle);
      if (!tail.includes(note)) await handle.appendFile(noteEntry(note));
      await handle.sync();
      // Another process may have replaced the file by a shorter one.
      if (!(await isCurrent(handle, this.path))) return await this.keep(note);
      const { size } = await handle.stat();
      await shortenNotes(this.path, size, (missed) => this.keep(missed));
    } finally {
      await handle.close();
    }
  }

  async #tail(): Promise<string[]> {
    const handle = await open(this.path).catch(undefinedIfMissing);
    if (!handle) return [];
    try {
      return notesIn(await this.#tailOf(handle));
    } finally {
      await handle.close();
    }
  }

  /** The end of the file, from the beginning of a note on. */
  async #tailOf(handle: FileHandle): Promise<string> {
    const { size } = await handle.stat();
    const tail = Buffer.alloc(Math.min(size, TAIL));
    await handle.read(tail, 0, tail.length, size - tail.length);
    const isCut = size > TAIL;
    const text = textIn(isCut ? tail.subarray(tail.indexOf('\n') + 1) : tail);
    const [first] = notesIn(text);
    if (first === undefined && (isCut || !isBegunNote(text))) throw new UnfitFile(this.path, 'contains no checkpoint', REMEDY);
    return isCut && first !== undefined ? text.slice(text.indexOf(first) + first.length) : text;
  }

  #read(note: string): KeptNote {
    try {
      return { ...checkpointIn(note), note };
    } catch (cause) {
      throw new UnfitFile(this.path, `contains text that is not a checkpoint: ${messageOf(cause)}`, REMEDY, { cause });
    }
  }
}

/** The checkpoint of the largest tree under the name of the last one. */
export function latestOf(kept: readonly KeptNote[]): KeptNote | undefined {
  return signedUnder(kept.at(-1)?.origin, kept).at(-1);
}

/** The checkpoints that were signed under that name, the one of the largest tree last. */
function signedUnder(origin: string | undefined, kept: readonly KeptNote[]): KeptNote[] {
  return kept.filter((checkpoint) => checkpoint.origin === origin).sort((a, b) => a.size - b.size);
}

/** A crash may have left an incomplete character. */
function textIn(bytes: Buffer): string {
  return withPlainEnds(new TextDecoder().decode(bytes));
}

function readNote(note: string): KeptNote | undefined {
  try {
    return { ...checkpointIn(note), note };
  } catch {
    return undefined;
  }
}
