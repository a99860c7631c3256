import { createPrivateKey, createPublicKey, hash, type KeyObject, sign, verify } from 'node:crypto';

/** A key that signs notes under a name (C2SP signed-note, Ed25519). */
export interface NoteSigner extends NoteVerifier {
  privateKey: KeyObject;
}

/** A key whose signatures under a name are trusted. */
export interface NoteVerifier {
  name: string;
  /** Eight hexadecimal digits. Together with the name they identify the key. */
  keyId: string;
  publicKey: KeyObject;
}

/** A note that at least one known key signed, and on which no signature of a known key is wrong. */
export interface OpenNote {
  /** Ends in a newline. */
  text: string;
  signers: NoteVerifier[];
}

/**
 * Creates the signer with the Ed25519 key of this seed (32 random bytes; RFC 8032, 5.1.5).
 * @throws MalformedKey
 */
export function noteSigner(name: string, seed: Uint8Array): NoteSigner {
  if (seed.length !== KEY_LENGTH) throw new MalformedKey(`its seed has ${seed.length} bytes, not ${KEY_LENGTH}`);
  if (!NAME.test(name) || !isNoteText(name)) throw new MalformedKey(`its name is empty, or has a space or a plus: "${name}"`);
  const key = Buffer.concat([PKCS8_ED25519, seed]);
  const privateKey = createPrivateKey({ key, format: 'der', type: 'pkcs8' });
  const publicKey = createPublicKey(privateKey);
  return { name, keyId: keyIdOf(name, typedKey(publicKey)), publicKey, privateKey };
}

/** Formats the public key for verifiers: `name+keyId+base64(0x01 || public key)`. It is not secret. */
export function formatVerifierKey({ name, keyId, publicKey }: NoteVerifier): string {
  return `${name}+${keyId}+${typedKey(publicKey).toString('base64')}`;
}

/**
 * Parses the output of `formatVerifierKey`.
 * @throws MalformedKey
 */
export function parseVerifierKey(text: string): NoteVerifier {
  const [, name = '', keyId, base64 = ''] = VERIFIER_KEY.exec(text) ?? [];
  const typed = decodeBase64(base64);
  if (!typed || !isNoteText(text)) throw new MalformedKey('it should look like name+12345678+base64');
  if (keyId !== keyIdOf(name, typed)) throw new MalformedKey('its name, id and key do not belong together');
  if (typed[0] !== ED25519 || typed.length !== 1 + KEY_LENGTH) throw new MalformedKey('it is no Ed25519 key');
  const jwk = { kty: 'OKP', crv: 'Ed25519', x: typed.subarray(1).toString('base64url') };
  return { name, keyId, publicKey: createPublicKey({ key: jwk, format: 'jwk' }) };
}

/**
 * Signs the text, which must end in a newline. The note has one signature per signer.
 * @throws MalformedNote
 */
export function signNote(text: string, signers: readonly NoteSigner[]): string {
  if (!text.endsWith('\n')) throw new MalformedNote('its text does not end in a newline');
  if (!isNoteText(text)) throw new MalformedNote('its text holds a control character or half of a surrogate pair');
  const lines = signers.map(({ name, keyId, privateKey }) => {
    const signature = Buffer.concat([Buffer.from(keyId, 'hex'), sign(null, Buffer.from(text), privateKey)]);
    return `— ${name} ${signature.toString('base64')}\n`;
  });
  return `${text}\n${lines.join('')}`;
}

/**
 * Verifies a note. Returns its text and the verifiers whose keys signed it. Signatures of unknown keys are ignored.
 * @throws MalformedNote, UntrustedNote
 */
export function openNote(note: string, verifiers: readonly NoteVerifier[]): OpenNote {
  if (!isNoteText(note)) throw new MalformedNote('it holds a control character or half of a surrogate pair');
  const end = note.lastIndexOf('\n\n');
  if (end < 0 || !note.endsWith('\n'))
    throw new MalformedNote('a blank line and signatures should follow its text, each with a newline');
  const text = note.slice(0, end + 1);
  const lines = note.slice(end + 2, -1).split('\n');
  if (lines.length > SIGNATURE_LIMIT) throw new MalformedNote(`it has more than ${SIGNATURE_LIMIT} signatures`);
  const signatures = lines.map(parseSignature);
  const signers = verifiers.filter((verifier) => isSignedBy(verifier, text, signatures));
  if (signers.length === 0) throw new UntrustedNote('none of the known keys has signed it');
  return { text, signers };
}

/** The text does not have the form of a signed note. */
export class MalformedNote extends Error {
  constructor(reason: string) {
    super(`This is not a signed note: ${reason} (c2sp.org/signed-note).`);
  }
}

/** The note has no signature of a known key, or a wrong one. Its text must not be trusted. */
export class UntrustedNote extends Error {
  constructor(reason: string) {
    super(`The note cannot be trusted: ${reason}.`);
  }
}

/** The key cannot sign or verify notes. */
export class MalformedKey extends Error {
  constructor(reason: string) {
    super(`The key cannot be used for signed notes: ${reason} (c2sp.org/signed-note).`);
  }
}

interface Signature {
  name: string;
  keyId: string;
  bytes: Buffer;
}

const KEY_LENGTH = 32;
const ED25519 = 1;
/** Keeps an attacker from making a verifier check many signatures. C2SP asks for at least 16. */
const SIGNATURE_LIMIT = 100;
/** The bytes before the seed in PKCS #8 (RFC 8410, 7). */
const PKCS8_ED25519 = Buffer.from('302e020100300506032b657004220420', 'hex');
const NAME = /^[^\p{White_Space}+]+$/u;
const VERIFIER_KEY = /^([^\p{White_Space}+]+)\+([0-9a-f]{8})\+(.+)$/u;
const SIGNATURE = /^— ([^\p{White_Space}+]+) (.+)$/u;

function isSignedBy({ name, keyId, publicKey }: NoteVerifier, text: string, signatures: Signature[]): boolean {
  const own = signatures.filter((signature) => signature.name === name && signature.keyId === keyId);
  if (own.every(({ bytes }) => verify(null, Buffer.from(text), publicKey, bytes))) return own.length > 0;
  throw new UntrustedNote(`the signature of ${name}+${keyId} is wrong`);
}

function parseSignature(line: string): Signature {
  const [, name, base64 = ''] = SIGNATURE.exec(line) ?? [];
  const bytes = decodeBase64(base64);
  if (!name || !bytes || bytes.length < 5) throw new MalformedNote(`"${line}" is not a signature line`);
  return { name, keyId: bytes.toString('hex', 0, 4), bytes: bytes.subarray(4) };
}

/** The first four bytes of SHA-256 over the name, a newline and the typed key. */
function keyIdOf(name: string, typed: Buffer): string {
  return hash('sha256', Buffer.concat([Buffer.from(`${name}\n`), typed]), 'hex').slice(0, 8);
}

/** A byte for the signature type, then the 32 bytes of the key (RFC 8032, 5.1.5). */
function typedKey(publicKey: KeyObject): Buffer {
  const { x = '' } = publicKey.export({ format: 'jwk' });
  return Buffer.concat([Buffer.from([ED25519]), Buffer.from(x, 'base64url')]);
}

/**
 * Decodes strict base64 (RFC 4648, 4). Undefined if the text is not the exact encoding of some bytes: each value has only one spelling.
 */
function decodeBase64(text: string): Buffer | undefined {
  const bytes = Buffer.from(text, 'base64');
  return bytes.length > 0 && bytes.toString('base64') === text ? bytes : undefined;
}

/** True if the text can be encoded in UTF-8 and has no ASCII control character except newline. */
function isNoteText(text: string): boolean {
  return text.isWellFormed() && ![...text].some((character) => character < ' ' && character !== '\n');
}
