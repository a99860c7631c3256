/** A signed note: lines of text, a blank line, lines of signatures (C2SP signed-note). Behind it in a file, another blank line. */
const NOTE = /(?:[^\n]+\n)+\n(?:— [^\n]+\n)+/g;

/** The signed notes in a file that holds one after another, a blank line between them. What is incomplete is passed over. */
export function notesIn(text: string): string[] {
  return text.match(NOTE) ?? [];
}

/** What is appended to such a file for a note. */
export function noteEntry(note: string): string {
  return `${note}\n`;
}
