import { type Checkpoint, parseCheckpoint } from './checkpoint.js';
import { logOrigin } from './log-origin.js';

/** A signed note: lines of text, a blank line, lines of signatures (C2SP signed-note). In a file, another blank line follows. */
const NOTE = /(?:[^\n]+\n)+\n(?:— [^\n]+\n)+/g;

/** The start of a log's name, and so of its first note. */
const ORIGIN = logOrigin('');

/** A complete Ed25519 signature at the end of a file whose last newline was lost in a copy. */
const UNENDED = /\n— \S+ [A-Za-z0-9+/]{91}=$/;

/** Finds the signed notes in a file that holds several, separated by blank lines. Incomplete notes are skipped. */
export function notesIn(text: string): string[] {
  return (UNENDED.test(text) ? `${text}\n` : text).match(NOTE) ?? [];
}

/**
 * True if a file without a complete note may be the start of one: empty, or torn while the first note was written. A power cut may leave
 * zeros.
 */
export function isBegunNote(text: string): boolean {
  const begun = text.replace(/\0+$/, '').replace(/^\n+/, '');
  return begun.startsWith(ORIGIN) || ORIGIN.startsWith(begun);
}

/**
 * Parses the checkpoint in a note of such a file. Does not verify the signature.
 * @throws MalformedNote
 */
export function checkpointIn(note: string): Checkpoint {
  return parseCheckpoint(note.slice(0, note.indexOf('\n\n') + 1));
}

/**
 * The text to append to such a file for a note. It ends whatever is before it: another process may have torn a note there since this one
 * looked, on a full disk.
 */
export function noteEntry(note: string): string {
  return `\n\n${note}\n`;
}
