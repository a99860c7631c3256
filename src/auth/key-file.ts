import { randomUUID } from 'node:crypto';
import { link, open, readFile, unlink } from 'node:fs/promises';
import { dirname } from 'node:path';
import { hasCode } from '../shared/error-code.js';
import { textOf, UnfitFile } from '../shared/file-text.js';
import { isMissing, unreadable } from '../shared/is-there.js';
import { makeDirectory } from '../shared/make-directory.js';

/**
 * Reads a file that only its owner may read; creates it with `make` if missing. If several processes start at once, one of them creates
 * it, and all read that one. A crash leaves the whole file or none. People may have copied it: see `textOf`.
 * @throws UnfitFile if it cannot be read or is not text
 */
export async function readOrCreate(file: string, make: () => Promise<string>): Promise<string> {
  const existing = await readKept(file);
  if (existing !== undefined) return existing;
  makeDirectory(dirname(file));
  const draft = `${file}.${randomUUID()}`;
  const handle = await open(draft, 'wx', 0o600);
  try {
    await handle.writeFile(await make());
    await handle.sync();
    await link(draft, file).catch(unlessMadeMeanwhile);
  } finally {
    await handle.close();
    await unlink(draft);
  }
  const made = await readKept(file);
  if (made === undefined) throw new UnfitFile(file, 'was removed just after it was created', 'Start again.');
  return made;
}

/**
 * The text of such a file; undefined if it does not exist.
 * @throws UnfitFile
 */
export async function readKept(file: string): Promise<string | undefined> {
  try {
    return textOf(await readFile(file));
  } catch (cause) {
    if (isMissing(cause)) return undefined;
    throw unreadable(file, cause);
  }
}

function unlessMadeMeanwhile(error: unknown): void {
  if (!hasCode(error, 'EEXIST')) throw error;
}
