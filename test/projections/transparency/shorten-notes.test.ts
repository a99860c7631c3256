import { readdirSync, readlinkSync } from 'node:fs';
import { join } from 'node:path';
import { shortenNotes } from '../../../src/projections/transparency/shorten-notes.js';
import { temporaryDirectory } from '../../support/cleanup.js';

const FILES = '/proc/self/fd';

const onLinux = process.platform === 'linux' ? it : it.skip;

/** The open files of this process. Those that were closed meanwhile have no path any more. */
function openFiles(): string[] {
  return readdirSync(FILES).flatMap((file) => {
    try {
      return [readlinkSync(join(FILES, file))];
    } catch {
      return [];
    }
  });
}

onLinux('leaves no file open if the notes cannot be read', async () => {
  const directory = temporaryDirectory();
  const missing = join(directory, 'checkpoints');
  await expect(shortenNotes(missing, Number.MAX_SAFE_INTEGER, async () => {})).rejects.toThrow('ENOENT');
  expect(openFiles().filter((file) => file.startsWith(directory))).toEqual([]);
});
