import { type Checkpoint, parseCheckpoint } from './checkpoint.js';

/** A signed note: lines of text, a blank line, lines of signatures (C2SP signed-note). Behind it in a file, another blank line. */
const NOTE = /(?:[^\n]+\n)+\n(?:— [^\n]+\n)+/g;

/** The signed notes in a file that holds one after another, a blank line between them. What is incomplete is passed over. */
export function notesIn(text: string): string[] {
  return text.match(NOTE) ?? [];
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
