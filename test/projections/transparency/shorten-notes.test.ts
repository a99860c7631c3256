import { join } from 'node:path';
import { shortenNotes } from '../../../src/projections/transparency/shorten-notes.js';
import { temporaryDirectory } from '../../support/cleanup.js';
import { descriptorsOf } from '../../support/descriptors.js';

const onLinux = process.platform === 'linux' ? it : it.skip;

onLinux('leaves no file open if the notes cannot be read', async () => {
  const missing = join(temporaryDirectory(), 'checkpoints');
  await expect(shortenNotes(missing, Number.MAX_SAFE_INTEGER, async () => {})).rejects.toThrow('ENOENT');
  expect(descriptorsOf(`${missing}.next`)).toEqual([]);
});
