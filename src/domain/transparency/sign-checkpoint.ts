import { type Checkpoint, formatCheckpoint } from './checkpoint.js';
import type { LogOrigin } from './log-origin.js';
import { formatVerifierKey, noteSigner, signNote } from './signed-note.js';

/** A statement of what the log holds, signed by its key. */
export interface SignedCheckpoint extends Checkpoint {
  /** The signed note (C2SP tlog-checkpoint). */
  note: string;
  /** The key that signed it, as verifiers take it (C2SP signed-note). */
  verifierKey: string;
}

/**
 * Signs a tree of the log that has this name.
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
