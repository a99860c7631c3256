/** True if the text can be encoded in UTF-8 and has no ASCII control character except newline. */
export function isNoteText(text: string): boolean {
  return text.isWellFormed() && ![...text].some((character) => character < ' ' && character !== '\n');
}
