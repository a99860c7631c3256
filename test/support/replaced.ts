/** The text with each of these parts replaced, all in one pass: what takes the place of a part may look like another. */
export function withReplaced(text: string, parts: Record<string, string>): string {
  const pattern = Object.keys(parts).map((part) => part.replace(/[.*+?^${}()|[\]\\/]/g, '\\$&'));
  return text.replace(new RegExp(pattern.join('|'), 'g'), (part) => parts[part] ?? part);
}
