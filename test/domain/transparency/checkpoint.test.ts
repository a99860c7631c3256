import {
  type Checkpoint,
  formatCheckpoint,
  parseCheckpoint,
  verifyCheckpoint,
} from '../../../src/domain/transparency/checkpoint.js';
import type { LogOrigin } from '../../../src/domain/transparency/log-origin.js';
import { EMPTY_ROOT } from '../../../src/domain/transparency/merkle-tree.js';
import { signCheckpoint } from '../../../src/domain/transparency/sign-checkpoint.js';
import { noteSigner, signNote } from '../../../src/domain/transparency/sign-note.js';
import { MalformedNote, openNote, UntrustedNote } from '../../../src/domain/transparency/signed-note.js';
import { formatVerifierKey, parseVerifierKey } from '../../../src/domain/transparency/verifier-key.js';

/** A checkpoint of Go's checksum database and its key: google/trillian-examples, formats/log/checkpoint_test.go. */
const SUMDB_KEY = 'sum.golang.org+033de0ae+Ac4zctda0e5eza+HJyk9SxEdh+s3Ux18htTTAD8OuAn8';
const SUMDB_TEXT = 'go.sum database tree\n6476701\nmb8QLQIs0Z0yP5Cstq6guj87oXWeC9gEM8oVikmm9Wk=\n';
const SUMDB_NOTE = `${SUMDB_TEXT}
— sum.golang.org Az3grsLX85Gz+s1SiTbgkuqxgItqFq7gsMUEyVnrsa9LM7Us9S+1xbFIGu95949rj4nPRYfvimWEPWL+o3GeoWwOoAw=
`;
/** Witnesses of that checkpoint, from the same file. */
const WITNESSES = [
  [
    'monkeys+db4d9f7e+AULaJMvTtDLHPUcUrjdDad9vDlh/PTfC2VV60JUtCfWT',
    '— monkeys 202ffh9ve46Mqbhuyb4wnC2Pwdan5EsXQym/tF1ggXJqhjGosU4T5intH4iKMRgDLxrnXuIjRaU2NbvAnaepM6Y+8ww=\n',
  ],
  [
    'bananas+cf639f13+AaPjhFnPCQnid/Ql32KWhmh+uk72FVRfK+2DLmO3BI3M',
    '— bananas z2OfE+2bbsBZ7NLgfuslc0v7NFW2QyexJ7fhePpoL2N/P7N/COd5S+JNHbQEAlYzz2C5sg0E+x/MggS1mDR6t3/9rQw=\n',
  ],
] as const;
const ROOT = Buffer.from('mb8QLQIs0Z0yP5Cstq6guj87oXWeC9gEM8oVikmm9Wk=', 'base64');

const log = noteSigner('example.com/log', Buffer.alloc(32, 1));
const successor = noteSigner('example.com/log', Buffer.alloc(32, 2));
const witness = noteSigner('witness.example', Buffer.alloc(32, 3));
const checkpoint: Checkpoint = { origin: 'example.com/log', size: 3, root: ROOT };

it('reads and writes a published checkpoint, whose signature is right', async () => {
  const { text, signers } = await openNote(SUMDB_NOTE, [await parseVerifierKey(SUMDB_KEY)]);
  expect(signers.map(({ name }) => name)).toEqual(['sum.golang.org']);
  expect(parseCheckpoint(text)).toEqual({ origin: 'go.sum database tree', size: 6476701, root: ROOT });
  expect(formatCheckpoint(parseCheckpoint(text))).toBe(SUMDB_TEXT);
});

it('reads a published checkpoint with signatures of witnesses', async () => {
  const note = SUMDB_NOTE + WITNESSES.map(([, line]) => line).join('');
  const keys = await Promise.all([SUMDB_KEY, ...WITNESSES.map(([key]) => key)].map(parseVerifierKey));
  expect((await openNote(note, keys)).signers).toEqual(keys);
});

it('is verified with the key of its log, also after the key was replaced, and beside unknown signatures', async () => {
  expect(await verifyCheckpoint(signNote(formatCheckpoint(checkpoint), [log]), [log])).toEqual(checkpoint);
  expect(await verifyCheckpoint(signNote(formatCheckpoint(checkpoint), [log]), [successor, log])).toEqual(checkpoint);
  expect(await verifyCheckpoint(signNote(formatCheckpoint(checkpoint), [witness, successor]), [successor])).toEqual(checkpoint);
  expect(await verifyCheckpoint(signNote(formatCheckpoint(checkpoint), [log, witness]), [witness, log])).toEqual(checkpoint);
  const empty = { origin: log.name, size: 0, root: EMPTY_ROOT };
  expect(await verifyCheckpoint(signNote(formatCheckpoint(empty), [log]), [log])).toEqual(empty);
});

it.each<[which: string, origin: LogOrigin]>([
  ['its first name', { name: log.name }],
  ['a later name', { name: log.name, previous: { origin: 'example.com/old', size: 2, root: Buffer.alloc(32, 9) } }],
])('is signed by the log’s key under %s', async (_, origin) => {
  const { note, verifierKey, ...signed } = signCheckpoint(Buffer.alloc(32, 1), origin, 3, ROOT);
  expect(signed).toEqual({ ...checkpoint, previous: origin.previous });
  expect(verifierKey).toBe(formatVerifierKey(log));
  expect(await verifyCheckpoint(note, [log])).toEqual(signed);
});

it('is refused when a known key signed it, but none of its log', async () => {
  await expect(verifyCheckpoint(signNote(formatCheckpoint(checkpoint), [witness]), [log, witness])).rejects.toThrow(
    'it is a checkpoint of the log example.com/log, but only witness.example signed it',
  );
  const foreign = formatCheckpoint({ ...checkpoint, origin: 'example.com/other' });
  await expect(verifyCheckpoint(signNote(foreign, [log, witness]), [log, witness])).rejects.toThrow(
    'it is a checkpoint of the log example.com/other, but only example.com/log, witness.example signed it',
  );
  await expect(verifyCheckpoint(signNote(foreign, [log]), [log])).rejects.toThrow(UntrustedNote);
  await expect(verifyCheckpoint(SUMDB_NOTE, [log])).rejects.toThrow(UntrustedNote);
});

it('is refused with any single character changed', async () => {
  const note = signNote(formatCheckpoint(checkpoint), [log]);
  for (let position = 0; position < note.length; position += 1) {
    const next = String.fromCharCode(note.charCodeAt(position) + 1);
    await expect(verifyCheckpoint(note.slice(0, position) + next + note.slice(position + 1), [log])).rejects.toThrow();
  }
});

it('may have further lines of others, which are signed and mean nothing', () => {
  expect(parseCheckpoint(`${SUMDB_TEXT}optional line\nanother\n`).size).toBe(6476701);
});

it('names the last checkpoint under its log’s name before, and takes no other line for that', () => {
  const previous = { origin: 'example.com/old', size: 5, root: Buffer.alloc(32, 9) };
  const text = formatCheckpoint({ ...checkpoint, previous });
  expect(text).toBe(`${formatCheckpoint(checkpoint)}previous example.com/old 5 ${previous.root.toString('base64')}\n`);
  expect(parseCheckpoint(text)).toEqual({ ...checkpoint, previous });
  for (const other of ['previous', 'previous log 5', `previous log 5 ${text.slice(-10, -1)}`, `${text.trim()} more`]) {
    expect(parseCheckpoint(`${SUMDB_TEXT}${other.split('\n').at(-1)}\n`).previous).toBeUndefined();
  }
});

const base64 = ROOT.toString('base64');

const wrongSize = (size: string) => `the size of a checkpoint should be a whole number without leading zeros, but is "${size}"`;
const wrongRoot = (root: string) => `the root of a checkpoint should be 32 bytes in base64, but is "${root}"`;
const [short, long] = [ROOT.subarray(1).toString('base64'), Buffer.alloc(33).toString('base64')];
const [respelt, addressed] = [base64.replace('k=', 'l='), `${Buffer.alloc(32, 0xff).toString('base64url')}=`];
const NO_ORIGIN = 'a checkpoint should begin with the name of its log';
const WRONG_LINE = 'each line of a checkpoint should hold text and end in a newline';

it.each([
  ['nothing in it', '', NO_ORIGIN],
  ['no origin', `\n3\n${base64}\n`, NO_ORIGIN],
  ['nothing but its origin', 'log', wrongSize('')],
  ['no size', `log\n\n${base64}\n`, wrongSize('')],
  ['zeros before its size', `log\n03\n${base64}\n`, wrongSize('03')],
  ['a negative size', `log\n-3\n${base64}\n`, wrongSize('-3')],
  ['a size that is not whole', `log\n3.0\n${base64}\n`, wrongSize('3.0')],
  ['a size in other digits', `log\n٣\n${base64}\n`, wrongSize('٣')],
  ['a size that is not exact', `log\n9007199254740993\n${base64}\n`, wrongSize('9007199254740993')],
  ['no line for its root', 'log\n3', wrongRoot('')],
  ['no root', 'log\n3\n', wrongRoot('')],
  ['a short root', `log\n3\n${short}\n`, wrongRoot(short)],
  ['a long root', `log\n3\n${long}\n`, wrongRoot(long)],
  ['another spelling of its root', `log\n3\n${respelt}\n`, wrongRoot(respelt)],
  ['a root in the alphabet for addresses', `log\n3\n${addressed}\n`, wrongRoot(addressed)],
  ['no newline at its end', `log\n3\n${base64}`, WRONG_LINE],
  ['no newline at the end of a further line', `log\n3\n${base64}\na`, WRONG_LINE],
  ['an empty line', `log\n3\n${base64}\n\n`, WRONG_LINE],
  ['an empty line among further lines', `log\n3\n${base64}\na\n\nb\n`, WRONG_LINE],
])('is malformed with %s', (_, text, reason) => {
  expect(() => parseCheckpoint(text)).toThrow(MalformedNote);
  expect(() => parseCheckpoint(text)).toThrow(`This is not a signed note: ${reason} (c2sp.org/signed-note).`);
});

it.each([
  ['origin', { origin: '' }],
  ['origin', { origin: 'a\nb' }],
  ['size', { size: -1 }],
  ['size', { size: 0.5 }],
  ['size', { size: 2 ** 53 }],
  ['size', { size: 1e21 }],
  ['root', { root: Buffer.alloc(31) }],
])('is not written with a wrong %s', (_, wrong) => {
  expect(() => formatCheckpoint({ ...checkpoint, ...wrong })).toThrow(MalformedNote);
});
