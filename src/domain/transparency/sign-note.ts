import { createPrivateKey, createPublicKey, hash, type KeyObject, sign } from 'node:crypto';
import { isNoteText } from './note-text.js';
import { MalformedNote } from './signed-note.js';
import { KEY_LENGTH, keyIdIn, keyIdInput, MalformedKey, type NoteVerifier, typedKey } from './verifier-key.js';

/** A key that signs notes under a name (C2SP signed-note, Ed25519). */
export interface NoteSigner extends NoteVerifier {
  privateKey: KeyObject;
}

/**
 * Creates the signer with the Ed25519 key of this seed (32 random bytes; RFC 8032, 5.1.5).
 * @throws MalformedKey
 */
export function noteSigner(name: string, seed: Uint8Array): NoteSigner {
  if (seed.length !== KEY_LENGTH) throw new MalformedKey(`its seed has ${seed.length} bytes, not ${KEY_LENGTH}`);
  if (!NAME.test(name) || !isNoteText(name)) throw new MalformedKey(`${WRONG_NAME}: "${name}"`);
  const key = Buffer.concat([PKCS8_ED25519, seed]);
  const privateKey = createPrivateKey({ key, format: 'der', type: 'pkcs8' });
  const { x = '' } = createPublicKey(privateKey).export({ format: 'jwk' });
  const publicKey = Buffer.from(x, 'base64url');
  const keyId = keyIdIn(hash('sha256', keyIdInput(name, typedKey(publicKey)), 'buffer'));
  return { name, keyId, publicKey, privateKey };
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

/** The bytes before the seed in PKCS #8 (RFC 8410, 7). */
const PKCS8_ED25519 = Buffer.from('302e020100300506032b657004220420', 'hex');
const WRONG_NAME = 'its name is empty, or has a space, a plus, a control character or half of a surrogate pair';
const NAME = /^[^\p{White_Space}+]+$/u;
