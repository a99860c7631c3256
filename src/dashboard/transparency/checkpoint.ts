import type { CheckpointQuery } from '../gql/graphql.js';
import { type Bytes, equal, fromBase64, joined, sha256 } from './hashes.js';
import type { Tree } from './proofs.js';

/** As the API gives it. */
export type Checkpoint = NonNullable<CheckpointQuery['checkpoint']>;

/** What the log's own key has signed. */
export interface SignedTree extends Tree {
  /** The key, with the log's name. */
  publicKey: string;
}

/** How C2SP signed-note marks an Ed25519 key. */
const ED25519 = 1;
const VERIFIER_KEY = /^([^\s+]+)\+([0-9a-f]{8})\+(\S+)$/;

/** The log's name, the size of its tree and the root: 32 bytes in base64 (C2SP tlog-checkpoint). Of nothing, nothing is shown. */
const TEXT = /^([^\n]+)\n([1-9]\d{0,14})\n([A-Za-z0-9+/]{43}=)\n/;

/**
 * The tree that a checkpoint speaks of, once its signature was found good (C2SP tlog-checkpoint, signed-note; Ed25519).
 * @throws Error where it was not
 */
export async function verifyCheckpoint({ note, publicKey }: Checkpoint): Promise<SignedTree> {
  const [, name = '', keyId = '', base64 = ''] = VERIFIER_KEY.exec(publicKey) ?? [];
  const typedKey = fromBase64(base64);
  const end = note.lastIndexOf('\n\n') + 1;
  const text = note.slice(0, end);
  const signature = signatureBy(name, keyId, note.slice(end + 1));
  if (typedKey[0] !== ED25519 || (await keyIdOf(name, typedKey)) !== keyId || !signature) {
    throw new Error('The checkpoint is not signed by the key that it comes with.');
  }
  const key = await crypto.subtle.importKey('raw', typedKey.slice(1), 'Ed25519', false, ['verify']);
  if (!(await crypto.subtle.verify('Ed25519', key, signature, new TextEncoder().encode(text))))
    throw new Error('The signature of the checkpoint is wrong.');
  const [, origin, size, root = ''] = TEXT.exec(text) ?? [];
  if (origin !== name) throw new Error('What was signed is no checkpoint of this log.');
  return { publicKey, size: Number(size), root: fromBase64(root) };
}

/**
 * Whether both keys are those of one log: the same key under its first name, or a later one. A log gets a later name where it goes
 * on after a loss of events; what it still holds of what was seen, a proof tells.
 */
export function isSameLog(one: string, other: string): boolean {
  return logOf(one) === logOf(other);
}

/** A later name begins with the first one and a slash. */
function logOf(publicKey: string): string {
  const [, name = '', , base64 = ''] = VERIFIER_KEY.exec(publicKey) ?? [];
  return `${name.split('/').slice(0, 2).join('/')} ${base64}`;
}

/** A line of a note holds a name, then the key's id and its signature in base64. */
function signatureBy(name: string, keyId: string, lines: string): Bytes | undefined {
  const id = Uint8Array.from(keyId.match(/../g) ?? [], (digits) => Number.parseInt(digits, 16));
  return lines
    .split('\n')
    .filter((line) => line.startsWith(`— ${name} `))
    .map((line) => fromBase64(line.slice(name.length + 3)))
    .find((bytes) => equal(bytes.subarray(0, id.length), id))
    ?.slice(id.length);
}

/** The first four bytes of SHA-256 of name, newline and typed key, in hexadecimal. */
async function keyIdOf(name: string, typedKey: Bytes): Promise<string> {
  const hash = await sha256(joined(new TextEncoder().encode(`${name}\n`), typedKey));
  return Array.from(hash.subarray(0, 4), (byte) => byte.toString(16).padStart(2, '0')).join('');
}
