import { access, constants, readFile, stat } from 'node:fs/promises';
import { notesIn } from '../../domain/transparency/note-file.js';
import { countOf } from '../../shared/count-of.js';
import { NotText, textOf } from '../../shared/file-text.js';
import { say } from '../output/output.js';
import { WrongUsage } from '../output/wrong-usage.js';

/** What to do about a file that does not hold what it should. */
export const COPY_EXACTLY = 'Copy the checkpoint exactly as `keyledger checkpoint` printed it.';

/**
 * The signed notes in a file. Does not verify them.
 * @throws WrongUsage if there are none, or the file cannot be read
 */
export async function readNotes(file: string): Promise<string[]> {
  const text = await readText(file);
  const notes = notesIn(text);
  if (notes.length === 0) {
    throw new WrongUsage(`${file} contains no signed note (c2sp.org/signed-note). ${COPY_EXACTLY}`);
  }
  const lettersIn = (lines: string) => lines.replaceAll('\n', '').length;
  const passedOver = lettersIn(text) - lettersIn(notes.join(''));
  if (passedOver > 0) say(`${countOf(passedOver, 'character')} of ${file} outside the signed notes were ignored`);
  return notes;
}

/** @throws WrongUsage if the file cannot be read or holds no text */
export async function readText(file: string): Promise<string> {
  await requireReadable(file);
  try {
    return textOf(await readFile(file));
  } catch (error) {
    if (error instanceof NotText) throw new WrongUsage(`${file} cannot be read: ${error.message}.`);
    throw error;
  }
}

/** @throws WrongUsage */
export async function requireReadable(file: string): Promise<void> {
  const isFile = await stat(file).then(
    (found) => found.isFile(),
    () => false,
  );
  const readable =
    isFile &&
    (await access(file, constants.R_OK).then(
      () => true,
      () => false,
    ));
  if (!readable) throw new WrongUsage(`${file} cannot be read. Check the path, and that it is a file that you may read.`);
}
