import { type Checkpoint, verifyCheckpoint } from '../../domain/transparency/checkpoint.js';
import { notesIn } from '../../domain/transparency/note-file.js';
import { type NoteVerifier, parseVerifierKey } from '../../domain/transparency/verifier-key.js';
import { messageOf } from '../api/failures.js';

/** What the user trusts: the key of the log, and checkpoints that were kept. */
export interface Trusted {
  key: NoteVerifier;
  kept: Checkpoint[];
}

/** A text that the user gave is not what it should be. */
export class NotTrusted extends Error {
  constructor(
    readonly field: 'key' | 'kept',
    reason: string,
  ) {
    super(reason);
  }
}

/**
 * Reads what the user gave.
 * @throws NotTrusted; DOMException named NotSupportedError in a browser without Ed25519
 */
export async function readTrusted(keyText: string, keptText: string): Promise<Trusted> {
  const key = await parseVerifierKey(keyText.trim()).catch((error: unknown) => {
    throw new NotTrusted('key', messageOf(error));
  });
  const notes = notesIn(keptText.trim() === '' ? '' : `${keptText.trim()}\n`);
  if (notes.length === 0 && keptText.trim() !== '')
    throw new NotTrusted('kept', 'This is no checkpoint. Paste it exactly as “keyledger checkpoint” prints it.');
  const kept = await Promise.all(
    notes.map((note) =>
      verifyCheckpoint(note, [key]).catch((error: unknown) => {
        if (error instanceof DOMException) throw error;
        throw new NotTrusted('kept', messageOf(error));
      }),
    ),
  );
  return { key, kept };
}
