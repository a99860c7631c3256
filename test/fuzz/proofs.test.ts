import fc from 'fast-check';
import { checkHistory } from '../../src/cli/transparency/check-history.js';
import { MalformedLine, parseLine } from '../../src/cli/transparency/history-line.js';
import { parseCheckpoint, verifyCheckpoint } from '../../src/domain/transparency/checkpoint.js';
import { HistoryFault } from '../../src/domain/transparency/exported-event.js';
import { decodePath, verifyConsistency, verifyInclusion } from '../../src/domain/transparency/merkle-proof.js';
import { checkpointIn, notesIn } from '../../src/domain/transparency/note-file.js';
import { MalformedNote, UntrustedNote } from '../../src/domain/transparency/signed-note.js';
import { formatVerifierKey, MalformedKey, parseVerifierKey } from '../../src/domain/transparency/verifier-key.js';
import { NotText, textOf } from '../../src/shared/file-text.js';
import { anyText, edited } from '../support/edited.js';
import { directoryWith, eventsIn, exported, fileOf, noteFor, signerOf } from '../support/exports.js';
import { fuzz } from '../support/fuzz.js';

const ACCOUNTS = ['a', 'b', 'a', 'a', 'c', 'b', 'a', 'c'];

const lines = await exported(await directoryWith(ACCOUNTS));
const events = eventsIn(lines);
const signer = signerOf(events);
const note = noteFor(events, ACCOUNTS.length);
const key = formatVerifierKey(signer);

/** Does it, and returns the error if it is of one of these classes. Fails with any other. */
async function refusal<T>(attempt: () => T | Promise<T>, ...expected: (abstract new (...args: never[]) => Error)[]) {
  try {
    return { value: await attempt() };
  } catch (error) {
    if (expected.some((kind) => error instanceof kind)) return { error };
    throw error;
  }
}

/** The lines of an export without what an editor adds to the whole file: a byte-order mark, and carriage returns. */
function asWritten(text: string): string[] {
  const all = text
    .replace(/^\ufeff/, '')
    .trimEnd()
    .split('\n');
  return all.map((line) => `${line.replace(/\r$/, '')}\n`);
}

fuzz('a note that was edited is refused as malformed or untrusted', edited(note, note.repeat(2), key), async (text) => {
  const { value } = await refusal(() => verifyCheckpoint(text, [signer]), MalformedNote, UntrustedNote);
  if (value) expect(text.startsWith(note.slice(0, note.indexOf('\n\n') + 1))).toBe(true);
  await refusal(() => parseCheckpoint(text), MalformedNote);
  for (const found of notesIn(text)) await refusal(() => checkpointIn(found), MalformedNote);
});

fuzz('a public key that was edited is another key or malformed', edited(key), async (text) => {
  const { value } = await refusal(() => parseVerifierKey(text), MalformedKey);
  if (value) expect(formatVerifierKey(value)).toBe(text);
});

fuzz('a file of any bytes is text or refused', fc.uint8Array({ maxLength: 200 }), async (bytes) => {
  await refusal(() => textOf(bytes), NotText);
});

fuzz('an edited line of an export is read as it is written or refused', edited(...lines), async (line) => {
  const { value } = await refusal(() => parseLine(Buffer.from(line)), MalformedLine);
  if (value) expect(typeof value).toBe('object');
});

fuzz('an edited export is proved only if it still says the same', edited(lines.join('')), async (text) => {
  const { value } = await refusal(() => checkHistory(fileOf(text), { kept: [], verifiers: [signer] }), HistoryFault);
  if (value?.accounts !== undefined) expect(eventsIn(asWritten(text))).toEqual(events);
});

const size = fc.oneof(fc.integer(), fc.double(), fc.constantFrom(0, 1, 2, 8, 2 ** 31, 2 ** 53));
const hash = fc.uint8Array({ minLength: 30, maxLength: 33 });
const path = fc.array(hash, { maxLength: 70 });
const roots = fc.tuple(hash, hash).filter(([one, other]) => !Buffer.from(one).equals(other));

fuzz('proofs of any numbers and hashes prove nothing', fc.tuple(size, size, path, roots), async (given) => {
  const [one, other, hashes, [root, otherRoot]] = given;
  expect(await verifyInclusion({ index: one, size: other, leafHash: root, root: otherRoot, path: hashes })).toBe(false);
  expect(await verifyConsistency({ first: one, second: other, firstRoot: root, secondRoot: otherRoot, path: hashes })).toBe(
    false,
  );
});

fuzz('a path of any texts is decoded to what it says or refused', fc.array(anyText), (texts) => {
  const decoded = decodePath(texts);
  if (decoded) expect(decoded.map((bytes) => Buffer.from(bytes).toString('base64'))).toEqual(texts);
});
