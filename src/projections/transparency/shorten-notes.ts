import { type FileHandle, open, rename, stat, unlink, utimes } from 'node:fs/promises';
import { dirname } from 'node:path';
import { noteEntry, notesIn } from '../../domain/transparency/note-file.js';
import { syncDirectory } from '../../shared/durable-files.js';
import { hasCode } from '../../shared/error-code.js';
import { withPlainEnds } from '../../shared/file-text.js';

/** The size at which a file of notes is shortened, in bytes: about 4,000 notes, or half a day of continuous growth. */
const LIMIT = 1024 * 1024;

/** How many of the newest notes are kept. */
const KEPT = 1000;

/** After this time, in milliseconds, an unfinished new file counts as abandoned by its process. */
const ABANDONED = 60_000;

/**
 * Shortens a file of notes that has become too large: keeps the newest ones, and the last one of each name. Each checkpoint covers all
 * earlier ones, so the others are not needed to detect a rewritten log or to prove anything. Only one process does so at a time, while
 * others go on appending: after an append, a process must check whether the file is still the same, and otherwise append again. If the
 * disk fails before the new file has the name, the old one stays, and the next note is an occasion to try again.
 * @param keep appends a note to the new file
 */
export async function shortenNotes(path: string, size: number, keep: (note: string) => Promise<void>): Promise<void> {
  if (size <= LIMIT) return;
  const next = await claim(`${path}.next`);
  if (!next) return;
  try {
    await shortenInto(next, path, keep);
  } finally {
    await next.close();
  }
}

async function shortenInto(next: FileHandle, path: string, keep: (note: string) => Promise<void>): Promise<void> {
  const old = await open(path, 'r');
  try {
    const text = await textFrom(old, 0);
    if (!(await isReplaced(path, next, text.toString()))) return;
    await syncDirectory(dirname(path));
    // Notes that others have appended to the old file meanwhile.
    for (const note of notesIn((await textFrom(old, text.length)).toString())) await keep(note);
  } finally {
    await old.close();
  }
}

/** Puts the notes that are kept of that text into the new file, and gives it the name. False if the disk failed. */
async function isReplaced(path: string, next: FileHandle, text: string): Promise<boolean> {
  try {
    const kept = newestOf(notesIn(withPlainEnds(text)));
    await next.writeFile(kept.map((note) => noteEntry(note)).join(''));
    await next.sync();
    await rename(`${path}.next`, path);
    return true;
  } catch {
    await unlink(`${path}.next`).catch(() => {});
    return false;
  }
}

/** True if the path still leads to the file that was opened. */
export async function isCurrent(handle: FileHandle, path: string): Promise<boolean> {
  const [opened, current] = await Promise.all([handle.stat(), stat(path).catch(() => undefined)]);
  return opened.ino === current?.ino && opened.dev === current.dev;
}

/** Undefined while another process is shortening the file. */
async function claim(path: string): Promise<FileHandle | undefined> {
  try {
    return await open(path, 'wx', 0o600);
  } catch (error) {
    if (!hasCode(error, 'EEXIST')) throw error;
    await removeIfAbandoned(path).catch(() => {});
    return undefined;
  }
}

/** After the clock was set back, a file is dated in the future and its age is unknown: it counts from now on. */
async function removeIfAbandoned(path: string): Promise<void> {
  const { mtimeMs } = await stat(path);
  const now = Date.now();
  if (mtimeMs > now) await utimes(path, now / 1000, now / 1000);
  if (now - mtimeMs > ABANDONED) await unlink(path);
}

function newestOf(notes: string[]): string[] {
  const names = notes.map((note) => note.slice(0, note.indexOf('\n')));
  return notes.filter((_, index) => index >= notes.length - KEPT || names.lastIndexOf(names[index] ?? '') === index);
}

async function textFrom(handle: FileHandle, start: number): Promise<Buffer> {
  const { size } = await handle.stat();
  const bytes = Buffer.alloc(Math.max(0, size - start));
  const { bytesRead } = await handle.read(bytes, 0, bytes.length, start);
  return bytes.subarray(0, bytesRead);
}
