import { appendFileSync, readFileSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { formatCheckpoint } from '../../src/domain/checkpoint.js';
import { noteEntry, notesIn } from '../../src/domain/note-file.js';
import { noteSigner, signNote } from '../../src/domain/signed-note.js';
import { CheckpointFile } from '../../src/projections/checkpoint-file.js';
import { temporaryDirectory } from '../support/world.js';

const signer = noteSigner('log', new Uint8Array(32).fill(7));
const note = (size: number) => signNote(formatCheckpoint({ origin: 'log', size, root: new Uint8Array(32) }), [signer]);
const newFile = () => new CheckpointFile(join(temporaryDirectory(), 'data', 'checkpoints'));
const sizesIn = async (file: CheckpointFile) => (await file.newest()).map(({ size }) => size);

it('has the largest last, whatever was kept last', async () => {
  const file = newFile();
  expect(await file.newest()).toEqual([]);
  for (const size of [5, 20, 12]) await file.keep(note(size));
  expect(await sizesIn(file)).toEqual([5, 12, 20]);
  expect((await file.newest()).at(-1)?.note).toBe(note(20));
});

it('keeps the same note once, and lets nobody else read it', async () => {
  const file = newFile();
  for (let time = 0; time < 3; time += 1) await file.keep(note(5));
  expect(readFileSync(file.path, 'utf8')).toBe(noteEntry(note(5)));
  expect(statSync(file.path).mode & 0o777).toBe(0o600);
});

it('keeps each of many notes at once, whole', async () => {
  const file = newFile();
  const sizes = Array.from({ length: 200 }, (_, index) => index + 1);
  await Promise.all(sizes.map((size) => file.keep(note(size))));
  expect(new Set(notesIn(readFileSync(file.path, 'utf8')))).toEqual(new Set(sizes.map(note)));
});

it('looks at whole notes alone, wherever its view of a long file begins, and goes on behind a torn one', async () => {
  for (let length = 0; length <= note(1).length; length += 7) {
    const file = newFile();
    for (let size = 1; size <= 30; size += 1) await file.keep(note(size));
    appendFileSync(file.path, note(31).slice(0, length));
    await file.keep(note(40));
    const sizes = await sizesIn(file);
    expect(sizes.at(-1)).toBe(40);
    expect(sizes.length).toBeGreaterThan(10);
    expect([...Array(32).keys(), 40]).toEqual(expect.arrayContaining(sizes));
  }
});
