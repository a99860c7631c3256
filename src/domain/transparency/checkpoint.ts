import { decodeBase64, toBase64 } from './bytes.js';
import { MalformedNote, openNote, UntrustedNote } from './signed-note.js';
import type { NoteVerifier } from './verifier-key.js';

/** A log's statement that its tree has this root at this size (C2SP tlog-checkpoint). */
export interface Checkpoint {
  /** The log's name, which is also the name of its key. */
  origin: string;
  /** The number of leaves. */
  size: number;
  /** 32 bytes. */
  root: Uint8Array;
  /** The last checkpoint under the log's previous origin; present if events were lost and the log continues under a new one. */
  previous?: Omit<Checkpoint, 'previous'> | undefined;
}

/**
 * Formats the text that `signNote` signs: origin, size and root, one per line, then the previous origin's checkpoint as an extension on
 * one line.
 * @throws MalformedNote
 */
export function formatCheckpoint({ previous, ...checkpoint }: Checkpoint): string {
  const extension = previous ? `${PREVIOUS} ${membersOf(previous).join(' ')}\n` : '';
  const text = `${membersOf(checkpoint).join('\n')}\n${extension}`;
  parseCheckpoint(text);
  return text;
}

/**
 * Parses the text of an opened note. Further lines are extensions; unknown ones are ignored.
 * @throws MalformedNote
 */
export function parseCheckpoint(text: string): Checkpoint {
  const [origin, size = '', base64 = '', ...rest] = text.split('\n');
  if (!origin) throw new MalformedNote('a checkpoint should begin with the name of its log');
  const tree = parseTree(size, base64);
  if (rest.pop() !== '' || rest.includes(''))
    throw new MalformedNote('each line of a checkpoint should hold text and end in a newline');
  const [previous] = rest.flatMap((line) => parsePrevious(line) ?? []);
  return { origin, ...tree, ...(previous && { previous }) };
}

/**
 * Verifies and parses a checkpoint that its own log signed: the name of the verifier's key must be the origin. There may be several such
 * keys, since a key that was replaced still verifies its old signatures.
 * @throws MalformedNote, UntrustedNote; DOMException as `openNote` does
 */
export async function verifyCheckpoint(note: string, verifiers: readonly NoteVerifier[]): Promise<Checkpoint> {
  const { text, signers } = await openNote(note, verifiers);
  const checkpoint = parseCheckpoint(text);
  if (signers.some(({ name }) => name === checkpoint.origin)) return checkpoint;
  throw new UntrustedNote(
    `it is a checkpoint of the log ${checkpoint.origin}, but only ${signers.map(({ name }) => name).join(', ')} signed it`,
  );
}

const ROOT_LENGTH = 32;
const PREVIOUS = 'previous';
const PREVIOUS_LINE = /^previous (\S+) (\d+) ([A-Za-z0-9+/]{43}=)$/;

function membersOf({ origin, size, root }: Checkpoint): [string, number, string] {
  return [origin, size, toBase64(root)];
}

/** Undefined if the line is some other extension. */
function parsePrevious(line: string): Omit<Checkpoint, 'previous'> | undefined {
  const [, origin, size, base64] = PREVIOUS_LINE.exec(line) ?? [];
  return origin && size && base64 ? { origin, ...parseTree(size, base64) } : undefined;
}

function parseTree(size: string, base64: string): Pick<Checkpoint, 'size' | 'root'> {
  const root = decodeBase64(base64);
  if (!/^(0|[1-9]\d*)$/.test(size) || !Number.isSafeInteger(Number(size))) {
    throw new MalformedNote(`the size of a checkpoint should be a whole number without leading zeros, but is "${size}"`);
  }
  if (root?.length !== ROOT_LENGTH) {
    throw new MalformedNote(`the root of a checkpoint should be ${ROOT_LENGTH} bytes in base64, but is "${base64}"`);
  }
  return { size: Number(size), root };
}
