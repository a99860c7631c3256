import { type Checkpoint, formatCheckpoint } from './checkpoint.js';
import { logOrigin } from './exported-event.js';
import { formatVerifierKey, noteSigner, signNote } from './signed-note.js';

/** A statement of what the log holds, signed by its key. */
export interface SignedCheckpoint extends Checkpoint {
  /** The signed note (C2SP tlog-checkpoint). */
  note: string;
  /** The key that signed it, as verifiers take it (C2SP signed-note). */
  verifierKey: string;
}

/**
 * Signs a tree for the log that begins with this event.
 * @param seed the log's key: 32 bytes
 */
export function signCheckpoint(seed: Uint8Array, firstEventId: string, size: number, root: Uint8Array): SignedCheckpoint {
  const signer = noteSigner(logOrigin(firstEventId), seed);
  const checkpoint = { origin: signer.name, size, root };
  return { ...checkpoint, note: signNote(formatCheckpoint(checkpoint), [signer]), verifierKey: formatVerifierKey(signer) };
}
