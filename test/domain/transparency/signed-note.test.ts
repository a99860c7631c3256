import { hash } from 'node:crypto';
import { noteSigner, signNote } from '../../../src/domain/transparency/sign-note.js';
import { MalformedNote, openNote, UntrustedNote } from '../../../src/domain/transparency/signed-note.js';
import { formatVerifierKey, MalformedKey, parseVerifierKey } from '../../../src/domain/transparency/verifier-key.js';

/** Keys, text and signatures of golang.org/x/mod, sumdb/note/note_test.go (TestSign, TestVerifierList, TestOpen). */
const PETER_KEY = 'PeterNeumann+c74f20a3+ARpc2QcUPDhMQegwxbzhKqiBfsVkmqq/LDE4izWy10TW';
const ENOCH_KEY = 'EnochRoot+af0cfe78+ATtqJ7zOtqQtYqOo0CpvDXNlMhV3HeJDpjrASKGLWdop';
/** The private key's text there is the byte 0x01 and this seed. */
const PETER_SEED = Buffer.from('AYEKFALVFGyNhPJEMzD1QIDr+Y7hfZx09iUvxdXHKDFz', 'base64').subarray(1);
const TEXT = "If you think cryptography is the answer to your problem,\nthen you don't know what your problem is.\n";
const PETER_LINE =
  '— PeterNeumann x08go/ZJkuBS9UG/SffcvIAQxVBtiFupLLr8pAcElZInNIuGUgYN1FFYC2pZSNXgKvqfqdngotpRZb6KE6RyyBwJnAM=\n';
const ENOCH_LINE = '— EnochRoot rwz+eBzmZa0SO3NbfRGzPCpDckykFXSdeX+MNtCOXm2/5n2tiOHp+vAF1aGrQ5ovTG01oOTGwnWLox33WWd1RvMc+QQ=\n';

const peter = await parseVerifierKey(PETER_KEY);
const enoch = await parseVerifierKey(ENOCH_KEY);
const signer = noteSigner('PeterNeumann', PETER_SEED);

it('signs the published note', () => {
  expect(signNote(TEXT, [signer])).toBe(`${TEXT}\n${PETER_LINE}`);
});

it('opens the published note, whoever of its signers is known', async () => {
  const note = `${TEXT}\n${PETER_LINE}${ENOCH_LINE}`;
  expect(await openNote(note, [peter])).toEqual({ text: TEXT, signers: [peter] });
  expect(await openNote(note, [enoch])).toEqual({ text: TEXT, signers: [enoch] });
  expect(await openNote(note, [peter, enoch])).toEqual({ text: TEXT, signers: [peter, enoch] });
});

it('knows the published keys by their text', () => {
  expect(formatVerifierKey(signer)).toBe(PETER_KEY);
  expect(formatVerifierKey(enoch)).toBe(ENOCH_KEY);
});

it('is opened by whom it was signed for, with several keys and blank lines in the text', async () => {
  const other = noteSigner('example.com/log', Buffer.alloc(32, 7));
  const note = signNote('ä\n\n\n', [other, signer]);
  expect((await openNote(note, [await parseVerifierKey(formatVerifierKey(other))])).text).toBe('ä\n\n\n');
  expect((await openNote(note, [peter, other])).signers).toEqual([peter, other]);
});

it('may have a text of a newline alone', async () => {
  expect(await openNote(signNote('\n', [signer]), [peter])).toEqual({ text: '\n', signers: [peter] });
});

it('is opened by a key that was replaced, and by the one that replaced it, under one name', async () => {
  const [old, next] = [noteSigner('log', Buffer.alloc(32, 1)), noteSigner('log', Buffer.alloc(32, 2))];
  expect((await openNote(signNote(TEXT, [old]), [old, next])).signers).toEqual([old]);
  expect((await openNote(signNote(TEXT, [next]), [old, next])).signers).toEqual([next]);
});

it('is refused when no known key signed it', async () => {
  await expect(openNote(`${TEXT}\n${PETER_LINE}`, [])).rejects.toThrow(UntrustedNote);
  await expect(openNote(`${TEXT}\n${PETER_LINE}`, [enoch])).rejects.toThrow(UntrustedNote);
  await expect(openNote(`${TEXT}\n${PETER_LINE}`, [enoch])).rejects.toThrow(
    "none of the known keys has signed it; if the log's key has changed, its new public key is needed, too",
  );
});

it('is refused for one wrong signature of a known key, whatever right ones stand beside it', async () => {
  const wrong = ENOCH_LINE.replace('5n2t', '5n3t');
  await expect(openNote(`${TEXT}\n${PETER_LINE}${wrong}`, [peter, enoch])).rejects.toThrow(
    'The note cannot be trusted: the signature of EnochRoot+af0cfe78 is wrong.',
  );
  await expect(openNote(`${TEXT}\n${ENOCH_LINE}${wrong}`, [enoch])).rejects.toThrow(UntrustedNote);
  expect((await openNote(`${TEXT}\n${PETER_LINE}${wrong}`, [peter])).signers).toEqual([peter]);
});

it('is refused with any single character changed', async () => {
  const note = `${TEXT}\n${PETER_LINE}`;
  for (let position = 0; position < note.length; position += 1) {
    const next = String.fromCharCode(note.charCodeAt(position) + 1);
    await expect(openNote(note.slice(0, position) + next + note.slice(position + 1), [peter])).rejects.toThrow();
    await expect(openNote(note.slice(0, position) + note.slice(position + 1), [peter])).rejects.toThrow();
  }
});

const malformedNote = (reason: string) => `This is not a signed note: ${reason} (c2sp.org/signed-note).`;
const NO_END = 'a blank line and signatures should follow its text, each with a newline';
const CONTROL = 'it holds a control character or half of a surrogate pair';
const wrongLine = (line: string) => `"${line.trimEnd()}" is not a signature line`;
const [spaced, plus] = [PETER_LINE.replace('Peter', 'Peter '), ENOCH_LINE.replace('Root', '+Root')];
const [dashed, respelt] = [PETER_LINE.replace('—', '-'), PETER_LINE.replace('nAM=', 'nAN=')];
const FOUR_BYTES = '— EnochRoot rwz+eA==\n';
const FIVE_BYTES = '— EnochRoot rwz+eBw=\n';

it.each([
  ['no signature', TEXT, NO_END],
  ['no signature after the blank line', `${TEXT}\n`, wrongLine('')],
  ['no newline at its end', `${TEXT}\n${PETER_LINE.slice(0, -1)}`, NO_END],
  ['another character for its last newline', `${TEXT}\n${PETER_LINE.slice(0, -1)}=`, NO_END],
  ['no text', PETER_LINE, NO_END],
  ['no blank line', `a${PETER_LINE}`, NO_END],
  ['a control character', `\u0001${TEXT}\n${PETER_LINE}`, CONTROL],
  ['a carriage return', `${TEXT}\n${PETER_LINE}`.replaceAll('\n', '\r\n'), CONTROL],
  ['half of a surrogate pair', `\ud800${TEXT}\n${PETER_LINE}`, CONTROL],
  ['a name with a space', `${TEXT}\n${spaced}`, wrongLine(spaced)],
  ['a name with a plus', `${TEXT}\n${PETER_LINE}${plus}`, wrongLine(plus)],
  ['a line that is no signature', `${TEXT}\n${PETER_LINE}Unexpected line.\n`, wrongLine('Unexpected line.')],
  ['a hyphen for the dash', `${TEXT}\n${dashed}`, wrongLine(dashed)],
  ['a signature of four bytes', `${TEXT}\n${PETER_LINE}${FOUR_BYTES}`, wrongLine(FOUR_BYTES)],
  ['another spelling of a signature', `${TEXT}\n${respelt}`, wrongLine(respelt)],
  ['101 signatures', `${TEXT}\n${PETER_LINE.repeat(101)}`, 'it has more than 100 signatures'],
])('is malformed with %s', async (_, note, reason) => {
  await expect(openNote(note, [peter])).rejects.toThrow(MalformedNote);
  await expect(openNote(note, [peter])).rejects.toThrow(malformedNote(reason));
});

it('may have a hundred signatures', async () => {
  expect((await openNote(`${TEXT}\n${PETER_LINE.repeat(50)}${ENOCH_LINE.repeat(50)}`, [peter])).text).toBe(TEXT);
});

it('may have a signature of five bytes by somebody unknown', async () => {
  expect((await openNote(`${TEXT}\n${PETER_LINE}${FIVE_BYTES}`, [peter])).signers).toEqual([peter]);
});

const UNENDED = 'its text does not end in a newline';
const UNWRITTEN = 'its text holds a control character or half of a surrogate pair';

it.each([
  ['', UNENDED],
  ['abc', UNENDED],
  ['a\tb\n', UNWRITTEN],
  ['a\ud800\n', UNWRITTEN],
])('is not made of the text %j', (text, reason) => {
  expect(() => signNote(text, [signer])).toThrow(MalformedNote);
  expect(() => signNote(text, [signer])).toThrow(malformedNote(reason));
});

it('accepts no part of a verifier key, and none with a character changed', async () => {
  for (let start = 0; start <= PETER_KEY.length; start += 1) {
    for (let end = start; end <= PETER_KEY.length; end += 1) {
      if (end - start < PETER_KEY.length)
        await expect(parseVerifierKey(PETER_KEY.slice(start, end))).rejects.toThrow(MalformedKey);
    }
    const next = String.fromCharCode(PETER_KEY.charCodeAt(start) + 1);
    await expect(parseVerifierKey(PETER_KEY.slice(0, start) + next + PETER_KEY.slice(start + 1))).rejects.toThrow(MalformedKey);
  }
});

const malformedKey = (reason: string) => `The key cannot be used for signed notes: ${reason} (c2sp.org/signed-note).`;
const SHAPELESS = 'it should look like name+12345678+base64';
const NO_ED25519 = 'it is not an Ed25519 key';

it.each([
  ['the wrong length', 'PeterNeumann+cc469956+ARpc2QcUPDhMQegwxbzhKqiBfsVkmqq/LDE4izWy10TWBADKEY==', SHAPELESS],
  ['an unknown algorithm', 'PeterNeumann+173116ae+ZRpc2QcUPDhMQegwxbzhKqiBfsVkmqq/LDE4izWy10TW', NO_ED25519],
  ['another id', PETER_KEY.replace('c74f20a3', 'c74f20a4'), 'its name, id and key do not belong together'],
])('accepts no verifier key of %s, as published', async (_, key, reason) => {
  await expect(parseVerifierKey(key)).rejects.toThrow(MalformedKey);
  await expect(parseVerifierKey(key)).rejects.toThrow(malformedKey(reason));
});

/** The text of a key whose id is right. */
function verifierKey(name: string, typed: Buffer): string {
  const id = hash('sha256', Buffer.concat([Buffer.from(`${name}\n`), typed]), 'hex').slice(0, 8);
  return `${name}+${id}+${typed.toString('base64')}`;
}

it.each([
  ['with a control character in its name', verifierKey('a\u0001b', Buffer.alloc(33, 1)), SHAPELESS],
  ['of 31 bytes', verifierKey('log', Buffer.alloc(32, 1)), NO_ED25519],
  ['of 33 bytes', verifierKey('log', Buffer.alloc(34, 1)), NO_ED25519],
  ['of no bytes', verifierKey('log', Buffer.alloc(1, 1)), NO_ED25519],
])('accepts no verifier key %s, though its id is right', async (_, key, reason) => {
  await expect(parseVerifierKey(key)).rejects.toThrow(malformedKey(reason));
  expect((await parseVerifierKey(verifierKey('log', Buffer.alloc(33, 1)))).name).toBe('log');
});

const WRONG_NAME = 'its name is empty, or has a space, a plus, a control character or half of a surrogate pair';

it.each(['', 'a b', 'a+b', 'a\u0085b', 'a\u2003b', 'a\u0001b', 'a\ud800'])('has no signer named %j', (name) => {
  expect(() => noteSigner(name, PETER_SEED)).toThrow(MalformedKey);
  expect(() => noteSigner(name, PETER_SEED)).toThrow(`${WRONG_NAME}: "${name}"`);
});

it.each([0, 31, 33, 64])('has no signer with a seed of %i bytes', (length) => {
  expect(() => noteSigner('log', Buffer.alloc(length))).toThrow(`its seed has ${length} bytes, not 32`);
});
