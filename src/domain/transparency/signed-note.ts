import { type Bytes, decodeBase64, joined, toHex, utf8 } from './bytes.js';
import { isNoteText } from './note-text.js';
import type { NoteVerifier } from './verifier-key.js';

/** A note that at least one known key signed, and on which no signature of a known key is wrong. */
export interface OpenNote {
  /** Ends in a newline. */
  text: string;
  signers: NoteVerifier[];
}

/**
 * Verifies a note. Returns its text and the verifiers whose keys signed it. Signatures of unknown keys are ignored.
 * @throws MalformedNote, UntrustedNote; DOMException named NotSupportedError in a browser without Ed25519
 */
export async function openNote(note: string, verifiers: readonly NoteVerifier[]): Promise<OpenNote> {
  if (!isNoteText(note)) throw new MalformedNote('it holds a control character or half of a surrogate pair');
  const end = note.lastIndexOf('\n\n');
  if (end < 0 || !note.endsWith('\n'))
    throw new MalformedNote('a blank line and signatures should follow its text, each with a newline');
  const text = note.slice(0, end + 1);
  const lines = note.slice(end + 2, -1).split('\n');
  if (lines.length > SIGNATURE_LIMIT) throw new MalformedNote(`it has more than ${SIGNATURE_LIMIT} signatures`);
  const signatures = lines.map(parseSignature);
  const signers: NoteVerifier[] = [];
  for (const verifier of verifiers) if (await isSignedBy(verifier, text, signatures)) signers.push(verifier);
  if (signers.length === 0) {
    throw new UntrustedNote(
      "none of the known keys has signed it; if the log's key has changed, its new public key is needed, too",
    );
  }
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

interface Signature {
  name: string;
  keyId: string;
  bytes: Bytes;
}

/** Keeps an attacker from making a verifier check many signatures. C2SP asks for at least 16. */
const SIGNATURE_LIMIT = 100;
const SIGNATURE = /^— ([^\p{White_Space}+]+) (.+)$/u;

async function isSignedBy({ name, keyId, publicKey }: NoteVerifier, text: string, signatures: Signature[]): Promise<boolean> {
  const own = signatures.filter((signature) => signature.name === name && signature.keyId === keyId);
  if (own.length === 0) return false;
  const key = await crypto.subtle.importKey('raw', joined(publicKey), 'Ed25519', false, ['verify']);
  const verdicts = own.map(({ bytes }) => crypto.subtle.verify('Ed25519', key, bytes, utf8(text)));
  if ((await Promise.all(verdicts)).every(Boolean)) return true;
  throw new UntrustedNote(`the signature of ${name}+${keyId} is wrong`);
}

function parseSignature(line: string): Signature {
  const [, name, base64 = ''] = SIGNATURE.exec(line) ?? [];
  const bytes = decodeBase64(base64);
  if (!name || !bytes || bytes.length < 5) throw new MalformedNote(`"${line}" is not a signature line`);
  return { name, keyId: toHex(bytes.subarray(0, 4)), bytes: bytes.slice(4) };
}
