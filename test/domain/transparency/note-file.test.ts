import { formatCheckpoint } from '../../../src/domain/transparency/checkpoint.js';
import { logOrigin } from '../../../src/domain/transparency/log-origin.js';
import { checkpointIn, isBegunNote, noteEntry, notesIn } from '../../../src/domain/transparency/note-file.js';
import { noteSigner, signNote } from '../../../src/domain/transparency/sign-note.js';

const signer = noteSigner('log', new Uint8Array(32).fill(7));
const origin = logOrigin('019cabd7-cba0-7754-89d9-56df0b705558');
const noteOfLog = (size: number) =>
  signNote(formatCheckpoint({ origin, size, root: new Uint8Array(32) }), [noteSigner(origin, new Uint8Array(32).fill(7))]);
const note = (size: number) => signNote(formatCheckpoint({ origin: 'log', size, root: new Uint8Array(32) }), [signer]);

it('holds one note after another, and gives them back', () => {
  const file = [1, 2, 3].map((size) => noteEntry(note(size))).join('');
  expect(notesIn(file)).toEqual([note(1), note(2), note(3)]);
  expect(notesIn(file).map(checkpointIn)).toMatchObject([1, 2, 3].map((size) => ({ origin: 'log', size })));
  expect(notesIn('')).toEqual([]);
  expect(notesIn(note(1).trimEnd())).toEqual([note(1)]);
});

it('is whole behind a note that was torn anywhere, even if its writer did not see that', () => {
  const before = noteEntry(note(1));
  const torn = noteEntry(note(22));
  for (let length = 0; length <= torn.length; length += 1) {
    const file = before + torn.slice(0, length) + noteEntry(note(333));
    expect(notesIn(file).at(-1)).toBe(note(333));
    expect(notesIn(file)[0]).toBe(note(1));
    for (const one of notesIn(file)) expect([1, 22, 333]).toContain(checkpointIn(one).size);
  }
});

it('is recognised as begun, wherever its first note was torn', () => {
  const first = noteEntry(noteOfLog(5));
  for (let length = 0; length < first.length; length += 1) {
    const text = first.slice(0, length);
    expect(isBegunNote(text) || notesIn(text).length > 0).toBe(true);
    expect(isBegunNote(`${text}\0\0`) || notesIn(text).length > 0).toBe(true);
  }
});

it.each(['anything else', `\0${origin}`, origin.replace('/', '\0\0/'), origin.replace('/', '\n/')])(
  'is not taken for begun: %j',
  (text) => {
    expect(isBegunNote(text)).toBe(false);
  },
);
