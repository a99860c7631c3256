import { type Checkpoint, formatCheckpoint } from './checkpoint.js';
import type { LogOrigin } from './log-origin.js';
import { noteSigner, signNote } from './sign-note.js';
import { formatVerifierKey } from './verifier-key.js';

/** A checkpoint that the log's key signed. */
export interface SignedCheckpoint extends Checkpoint {
  /** The signed note (C2SP tlog-checkpoint). */
  note: string;
  /** The verifier key of the signer (C2SP signed-note). */
  verifierKey: string;
}

/**
 * Signs a tree head under the log's name.
 * @param seed the log's key: 32 bytes
 */
export function signCheckpoint(
  seed: Uint8Array,
  { name, previous }: LogOrigin,
  size: number,
  root: Uint8Array,
): SignedCheckpoint {
  const signer = noteSigner(name, seed);
  const checkpoint = { origin: name, size, root, previous };
  return { ...checkpoint, note: signNote(formatCheckpoint(checkpoint), [signer]), verifierKey: formatVerifierKey(signer) };
}
