import { appendFileSync, existsSync, mkdirSync, readFileSync, statSync, utimesSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { formatCheckpoint } from '../../../src/domain/transparency/checkpoint.js';
import { noteEntry, notesIn } from '../../../src/domain/transparency/note-file.js';
import { noteSigner, signNote } from '../../../src/domain/transparency/sign-note.js';
import { CheckpointFile } from '../../../src/projections/transparency/checkpoint-file.js';
import { temporaryDirectory } from '../../support/cleanup.js';
import { rounds } from '../../support/long.js';
import { DAY } from '../../support/specification.js';

const signer = noteSigner('log', new Uint8Array(32).fill(7));
const note = (size: number) => signNote(formatCheckpoint({ origin: 'log', size, root: new Uint8Array(32) }), [signer]);
const newFile = () => new CheckpointFile(join(temporaryDirectory(), 'data', 'checkpoints'));
const sizesIn = async (file: CheckpointFile) => (await file.newest('log')).map(({ size }) => size);

it('has the largest last, whatever was kept last', async () => {
  const file = newFile();
  expect(await file.newest('log')).toEqual([]);
  expect(await file.latest()).toBeUndefined();
  for (const size of [5, 20, 12]) await file.keep(note(size));
  expect(await sizesIn(file)).toEqual([5, 12, 20]);
  expect((await file.latest())?.note).toBe(note(20));
});

it('knows under which name was signed last, and compares sizes under one name alone', async () => {
  const file = newFile();
  const later = noteSigner('log/2', new Uint8Array(32).fill(7));
  const under = (size: number) => signNote(formatCheckpoint({ origin: 'log/2', size, root: new Uint8Array(32) }), [later]);
  for (const each of [note(20), under(7), under(5)]) await file.keep(each);
  expect((await file.latest())?.note).toBe(under(7));
  expect(await sizesIn(file)).toEqual([20]);
  expect((await file.readable()).map(({ size }) => size)).toEqual([20, 7, 5]);
});

it.each<[how: string, copy: (text: string) => string]>([
  ['with a byte-order mark', (text) => `\ufeff${text}`],
  ['with lines of Windows', (text) => text.replaceAll('\n', '\r\n')],
  ['with both', (text) => `\ufeff${text.replaceAll('\n', '\r\n')}`],
  ['without its last newlines', (text) => text.trimEnd()],
  ['with zeros at its end, as a power cut leaves it', (text) => `${text}\0\0\0`],
])('reads a copy %s, and goes on behind it', async (_how, copy) => {
  for (const count of [1, 2, 30]) {
    const sizes = Array.from({ length: count }, (_, index) => index + 1);
    const file = newFile();
    for (const size of sizes) await file.keep(note(size));
    writeFileSync(file.path, copy(readFileSync(file.path, 'utf8')));
    expect((await sizesIn(file)).at(-1)).toBe(count);
    await file.keep(note(40));
    expect((await file.newest('log')).slice(-2).map(({ note }) => note)).toEqual([note(count), note(40)]);
  }
});

it.each<[what: string, content: string | Buffer]>([
  ['something else', 'a shopping list\n'],
  ['a long text', 'a shopping list\n'.repeat(1000)],
  ['a text in UTF-16', Buffer.from(`\ufeff${noteEntry(note(5))}`, 'utf16le')],
  ['a long text in UTF-16', Buffer.from(noteEntry(note(5)).repeat(30), 'utf16le')],
  ['notes with another dash', noteEntry(note(5)).replace('—', '-')],
  ['a checkpoint without a size', noteEntry(note(5)).replace('\n5\n', '\nfive\n')],
])('refuses a file that holds %s, by its name, and leaves it as it is', async (_what, content) => {
  const file = newFile();
  await file.keep(note(1));
  writeFileSync(file.path, content);
  await expect(file.newest('log')).rejects.toThrow(file.path);
  await expect(file.newest('log')).rejects.toThrow(/Restore it from a backup/);
  if (!String(content).includes('five')) await expect(file.keep(note(6))).rejects.toThrow(file.path);
  expect(readFileSync(file.path)).toEqual(Buffer.from(content));
});

it.each(['', '\n', '\n\nkey', 'key', 'keyledger/01\n3\nab', '\0\0'])(
  'takes %j for what a crash has left of the first note',
  async (content) => {
    const file = newFile();
    await file.keep(note(1));
    writeFileSync(file.path, content);
    expect(await file.newest('log')).toEqual([]);
    await file.keep(note(6));
    expect(await sizesIn(file)).toEqual([6]);
  },
);

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
  for (let length = 0; length <= note(1).length; length += rounds(35, 7)) {
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

describe('a file that has become too large', () => {
  const BOUND = 1024 * 1024;
  const noteOf = (origin: string, size: number) =>
    signNote(formatCheckpoint({ origin, size, root: new Uint8Array(32) }), [noteSigner(origin, new Uint8Array(32).fill(7))]);
  const largest = 9000;

  let grown: string;
  beforeAll(() => {
    const [old, older] = [noteOf('keyledger/old', 20), noteOf('keyledger/older', 10)];
    const notes = Array.from({ length: largest }, (_, index) => note(index + 1));
    grown = [noteOf('keyledger/older', 5), older, old, ...notes].map((one) => noteEntry(one)).join('');
  });

  /** A file of notes as after years: with two names that were given up and one that is in use. */
  function grownFile(): CheckpointFile {
    const file = newFile();
    mkdirSync(dirname(file.path), { recursive: true });
    writeFileSync(file.path, grown);
    return file;
  }

  it('is shortened to the newest notes, and the last of each name', async () => {
    const file = grownFile();
    const before = statSync(file.path).size;
    await file.keep(note(largest + 1));
    expect(before).toBeGreaterThan(BOUND);
    const kept = notesIn(readFileSync(file.path, 'utf8'));
    expect(kept.slice(0, 2)).toEqual([noteOf('keyledger/older', 10), noteOf('keyledger/old', 20)]);
    expect(kept.slice(2)).toEqual(Array.from({ length: 1000 }, (_, index) => note(largest - 998 + index)));
    expect((await file.latest())?.note).toBe(note(largest + 1));
    expect(statSync(file.path).mode & 0o777).toBe(0o600);
    expect(existsSync(`${file.path}.next`)).toBe(false);
  });

  it('never grows beyond its bound by more than what is kept at once', async () => {
    const file = grownFile();
    for (let round = 0; round < 3; round += 1) {
      await file.keep(note(largest + 1 + round));
      expect(statSync(file.path).size).toBeLessThan(BOUND);
    }
  });

  it('loses no note that others keep meanwhile', async () => {
    const file = grownFile();
    const others = Array.from({ length: 8 }, () => new CheckpointFile(file.path));
    const sizes = Array.from({ length: 200 }, (_, index) => largest + 1 + index);
    await Promise.all(sizes.map((size, index) => others[index % 8]?.keep(note(size))));
    expect(statSync(file.path).size).toBeLessThan(BOUND);
    expect(notesIn(readFileSync(file.path, 'utf8'))).toEqual(expect.arrayContaining(sizes.map(note)));
  });

  it('is shortened although a process was killed while it shortened it, once it is sure that it was', async () => {
    const file = grownFile();
    writeFileSync(`${file.path}.next`, noteEntry(note(1)));
    await file.keep(note(largest + 1));
    expect(statSync(file.path).size).toBeGreaterThan(BOUND);
    const minutesAgo = new Date(Date.now() - 120_000);
    utimesSync(`${file.path}.next`, minutesAgo, minutesAgo);
    for (let round = 2; round < 4; round += 1) await file.keep(note(largest + round));
    expect(statSync(file.path).size).toBeLessThan(BOUND);
    expect((await file.latest())?.note).toBe(note(largest + 3));
  });

  it('is shortened although the clock was set back after a process was killed, a minute later', async () => {
    const file = grownFile();
    const next = `${file.path}.next`;
    writeFileSync(next, noteEntry(note(1)));
    const tomorrow = new Date(Date.now() + DAY);
    utimesSync(next, tomorrow, tomorrow);
    await file.keep(note(largest + 1));
    expect(existsSync(next)).toBe(true);
    expect(statSync(next).mtimeMs).toBeLessThanOrEqual(Date.now());
    const minutesAgo = new Date(Date.now() - 120_000);
    utimesSync(next, minutesAgo, minutesAgo);
    for (let round = 2; round < 4; round += 1) await file.keep(note(largest + round));
    expect(statSync(file.path).size).toBeLessThan(BOUND);
  });
});
