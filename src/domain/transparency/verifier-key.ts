import { type Bytes, decodeBase64, joined, toBase64, toHex, utf8 } from './bytes.js';
import { isNoteText } from './note-text.js';
import { sha256 } from './web-hashes.js';

/** A key whose signatures under a name are trusted (C2SP signed-note, Ed25519). */
export interface NoteVerifier {
  name: string;
  /** Eight hexadecimal digits. Together with the name they identify the key. */
  keyId: string;
  /** 32 bytes (RFC 8032, 5.1.5). */
  publicKey: Uint8Array;
}

/** The bytes of an Ed25519 key, or of its seed. */
export const KEY_LENGTH = 32;

/** Formats the public key for verifiers: `name+keyId+base64(0x01 || public key)`. It is not secret. */
export function formatVerifierKey({ name, keyId, publicKey }: NoteVerifier): string {
  return `${name}+${keyId}+${toBase64(typedKey(publicKey))}`;
}

/**
 * Parses the output of `formatVerifierKey`.
 * @throws MalformedKey
 */
export async function parseVerifierKey(text: string): Promise<NoteVerifier> {
  const [, name = '', keyId, base64 = ''] = VERIFIER_KEY.exec(text) ?? [];
  const typed = decodeBase64(base64);
  if (!typed || !isNoteText(text)) throw new MalformedKey('it should look like name+12345678+base64');
  if (keyId !== keyIdIn(await sha256(keyIdInput(name, typed)))) {
    throw new MalformedKey('its name, id and key do not belong together');
  }
  if (typed[0] !== ED25519 || typed.length !== 1 + KEY_LENGTH) throw new MalformedKey('it is not an Ed25519 key');
  return { name, keyId, publicKey: typed.slice(1) };
}

/** A byte for the signature type, then the key. */
export function typedKey(publicKey: Uint8Array): Bytes {
  return joined(Uint8Array.of(ED25519), publicKey);
}

/** The bytes whose SHA-256 holds the key's id: the name, a newline and the typed key. */
export function keyIdInput(name: string, typed: Uint8Array): Bytes {
  return joined(utf8(`${name}\n`), typed);
}

/** The key's id: the first four bytes of that hash. */
export function keyIdIn(hash: Uint8Array): string {
  return toHex(hash.subarray(0, 4));
}

/** The key cannot sign or verify notes. */
export class MalformedKey extends Error {
  constructor(reason: string) {
    super(`The key cannot be used for signed notes: ${reason} (c2sp.org/signed-note).`);
  }
}

const ED25519 = 1;
const VERIFIER_KEY = /^([^\p{White_Space}+]+)\+([0-9a-f]{8})\+(.+)$/u;
