import { verifyCheckpoint } from '../../domain/transparency/checkpoint.js';
import { UntrustedNote } from '../../domain/transparency/signed-note.js';
import { parseVerifierKey } from '../../domain/transparency/verifier-key.js';
import type { CheckpointQuery } from '../gql/graphql.js';
import type { Tree } from './proofs.js';

/** As the API gives it. */
export type Checkpoint = NonNullable<CheckpointQuery['checkpoint']>;

/** What the log's own key has signed. */
export interface SignedTree extends Tree {
  /** The key, with the log's name. */
  publicKey: string;
}

/**
 * The tree that a checkpoint speaks of, once its signature was verified.
 * @throws MalformedKey, MalformedNote, UntrustedNote; DOMException named NotSupportedError in a browser without Ed25519
 */
export async function verifyTree({ note, publicKey }: Checkpoint): Promise<SignedTree> {
  const { size, root } = await verifyCheckpoint(note, [await parseVerifierKey(publicKey)]);
  if (size === 0) throw new UntrustedNote('its checkpoint is of no events');
  return { publicKey, size, root };
}

/**
 * Whether both keys are those of one log: the same key under its first name, or a later one. A log gets a later name where it goes
 * on after a loss of events; what it still holds of what was seen, a proof tells.
 */
export function isSameLog(one: string, other: string): boolean {
  return logOf(one) === logOf(other);
}

/** A later name begins with the first one and a slash. The key's base64 may hold slashes and pluses too. */
function logOf(publicKey: string): string {
  const [name = '', , ...base64] = publicKey.split('+');
  return `${name.split('/').slice(0, 2).join('/')} ${base64.join('+')}`;
}
