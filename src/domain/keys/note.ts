import { hasLoneMark, hasUnseen, isVisible } from './key-name.js';
import { SECRET_PATTERN } from './secret.js';

/** The maximum length of an operator's note, in characters. */
export const NOTE_LENGTH = 200;

/** Something at something. It also matches what is no e-mail address: a note does not need it. */
const ADDRESS = /[^\s@]@[^\s@]/;

/** What is wrong with an operator's note, which the log keeps forever; undefined if nothing is. */
export function faultOfNote(note: string): string | undefined {
  const plain = note.normalize('NFKC');
  if ([...note].length > NOTE_LENGTH) return `must have at most ${NOTE_LENGTH} characters`;
  if (SECRET_PATTERN.test(plain)) return 'must not contain a secret, since the log keeps this text forever';
  if (ADDRESS.test(plain)) return 'must not contain an e-mail address, since the log keeps this text forever';
  if (hasUnseen(note)) return 'must not contain invisible characters';
  if (hasLoneMark(note)) return 'must have a letter before each combining mark';
  return isVisible(note) ? undefined : 'must not be empty';
}
