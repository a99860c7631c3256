/** The text as HTML shows it, with white space collapsed. */
export function asShown(text: string): string {
  return text.trim().replaceAll(/\s+/g, ' ');
}
