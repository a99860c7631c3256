import { MalformedNote, type NoteVerifier, openNote, UntrustedNote } from './signed-note.js';

/** What a log says of itself: its tree had this root when it had this size (C2SP tlog-checkpoint). */
export interface Checkpoint {
  /** The log's name, which is also the name of its key. */
  origin: string;
  /** How many leaves. */
  size: number;
  /** 32 bytes. */
  root: Uint8Array;
}

/**
 * The text that `signNote` signs: origin, size and root, a line each.
 * @throws MalformedNote
 */
export function formatCheckpoint({ origin, size, root }: Checkpoint): string {
  const text = `${origin}\n${size}\n${Buffer.from(root).toString('base64')}\n`;
  parseCheckpoint(text);
  return text;
}

/**
 * Reads the text of an opened note. Further lines are extensions, and mean nothing here.
 * @throws MalformedNote
 */
export function parseCheckpoint(text: string): Checkpoint {
  const [origin, size = '', base64 = '', ...rest] = text.split('\n');
  const root = Buffer.from(base64, 'base64');
  if (!origin) throw new MalformedNote('a checkpoint should begin with the name of its log');
  if (!/^(0|[1-9]\d*)$/.test(size) || !Number.isSafeInteger(Number(size))) {
    throw new MalformedNote(`the size of a checkpoint should be a number from 0, without zeros before it, and is "${size}"`);
  }
  if (root.length !== ROOT_LENGTH || root.toString('base64') !== base64) {
    throw new MalformedNote(`the root of a checkpoint should be ${ROOT_LENGTH} bytes in base64, and is "${base64}"`);
  }
  if (rest.pop() !== '' || rest.includes(''))
    throw new MalformedNote('each line of a checkpoint should hold text and end in a newline');
  return { origin, size: Number(size), root };
}

/**
 * The checkpoint in a signed note, which its own log has signed: a key of the verifiers whose name is the origin. There may be
 * several: a key that was replaced still verifies what it has signed.
 * @throws MalformedNote, UntrustedNote
 */
export function verifyCheckpoint(note: string, verifiers: readonly NoteVerifier[]): Checkpoint {
  const { text, signers } = openNote(note, verifiers);
  const checkpoint = parseCheckpoint(text);
  if (signers.some(({ name }) => name === checkpoint.origin)) return checkpoint;
  throw new UntrustedNote(
    `it speaks for the log ${checkpoint.origin}, and only ${signers.map(({ name }) => name).join(', ')} signed it`,
  );
}

const ROOT_LENGTH = 32;
