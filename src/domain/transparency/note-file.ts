import { type Checkpoint, parseCheckpoint } from './checkpoint.js';
import { logOrigin } from './log-origin.js';

/** A signed note: lines of text, a blank line, lines of signatures (C2SP signed-note). Behind it in a file, another blank line. */
const NOTE = /(?:[^\n]+\n)+\n(?:— [^\n]+\n)+/g;

/** How the name of a log begins, and with it its first note. */
const ORIGIN = logOrigin('');

/** A whole signature of Ed25519 at the end of a file, whose last newline was lost in a copy. */
const UNENDED = /\n— \S+ [A-Za-z0-9+/]{91}=$/;

/** The signed notes in a file that holds one after another, a blank line between them. What is incomplete is passed over. */
export function notesIn(text: string): string[] {
  return (UNENDED.test(text) ? `${text}\n` : text).match(NOTE) ?? [];
}

/** Whether a file that holds no note yet may be one: empty, or torn while the first note was written. A power cut may leave zeros. */
export function isBegunNote(text: string): boolean {
  const begun = text.replace(/\0+$/, '');
  return begun.startsWith(ORIGIN) || ORIGIN.startsWith(begun);
}

/**
 * The checkpoint in a note of such a file; who signed it is not looked at.
 * @throws MalformedNote
 */
export function checkpointIn(note: string): Checkpoint {
  return parseCheckpoint(note.slice(0, note.indexOf('\n\n') + 1));
}

/** What is appended to such a file for a note; where the file was torn in mid-note, apart from what is left of that. */
export function noteEntry(note: string, tail = ''): string {
  const whole = tail === '' || tail.endsWith('\n\n');
  return `${whole ? '' : '\n\n'}${note}\n`;
}
