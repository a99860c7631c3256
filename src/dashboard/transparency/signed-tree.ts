import type { CheckpointQuery } from '../../client/gql/graphql.js';
import { verifyCheckpoint } from '../../domain/transparency/checkpoint.js';
import { UntrustedNote } from '../../domain/transparency/signed-note.js';
import { parseVerifierKey } from '../../domain/transparency/verifier-key.js';
import type { Tree } from './proofs.js';

/** A checkpoint, as the API returns it. */
export type Checkpoint = NonNullable<CheckpointQuery['checkpoint']>;

/** A tree that the log's key has signed. */
export interface SignedTree extends Tree {
  /** The verifier key, which contains the log's name. */
  publicKey: string;
}

/**
 * Verifies the signature of a checkpoint, and returns its tree.
 * @throws MalformedKey, MalformedNote, UntrustedNote; DOMException named NotSupportedError in a browser without Ed25519
 */
export async function verifyTree({ note, publicKey }: Checkpoint): Promise<SignedTree> {
  const { size, root } = await verifyCheckpoint(note, [await parseVerifierKey(publicKey)]);
  if (size === 0) throw new UntrustedNote('its checkpoint is of no events');
  return { publicKey, size, root };
}

/**
 * True if both keys belong to the same log: the key is the same, and the names have the same first name. A log gets a later name when it
 * continues after a loss of events. Only a consistency proof shows whether it still contains the seen events.
 */
export function isSameLog(one: string, other: string): boolean {
  return logOf(one) === logOf(other);
}

/** A later name begins with the first one and a slash. The key's base64 may contain slashes and pluses, too. */
function logOf(publicKey: string): string {
  const [name = '', , ...base64] = publicKey.split('+');
  return `${name.split('/').slice(0, 2).join('/')} ${base64.join('+')}`;
}
