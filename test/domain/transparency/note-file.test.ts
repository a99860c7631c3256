import { formatCheckpoint } from '../../../src/domain/transparency/checkpoint.js';
import { checkpointIn, noteEntry, notesIn } from '../../../src/domain/transparency/note-file.js';
import { noteSigner, signNote } from '../../../src/domain/transparency/sign-note.js';

const signer = noteSigner('log', new Uint8Array(32).fill(7));
const note = (size: number) => signNote(formatCheckpoint({ origin: 'log', size, root: new Uint8Array(32) }), [signer]);

it('holds one note after another, and gives them back', () => {
  const file = [1, 2, 3].map((size) => noteEntry(note(size))).join('');
  expect(notesIn(file)).toEqual([note(1), note(2), note(3)]);
  expect(notesIn(file).map(checkpointIn)).toMatchObject([1, 2, 3].map((size) => ({ origin: 'log', size })));
  expect(notesIn('')).toEqual([]);
});

it('goes on behind a note that was torn anywhere', () => {
  const before = noteEntry(note(1));
  const torn = noteEntry(note(22));
  for (let length = 0; length <= torn.length; length += 1) {
    const tail = before + torn.slice(0, length);
    const file = tail + noteEntry(note(333), tail);
    expect(notesIn(file).at(-1)).toBe(note(333));
    expect(notesIn(file)[0]).toBe(note(1));
    expect(checkpointIn(notesIn(file).at(-1) ?? '')).toMatchObject({ size: 333 });
  }
});
