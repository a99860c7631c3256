/** The bytes are no text, or one in an encoding that they do not tell. */
export class NotText extends Error {
  constructor() {
    super('it is not text in UTF-8; save it as UTF-8');
  }
}

/** A file does not hold what it should; the message says what to do. */
export class UnfitFile extends Error {
  constructor(file: string, problem: string, remedy: string, options?: ErrorOptions) {
    super(`${file} ${problem}. ${remedy}`, options);
  }
}

/** How a file begins that editors save as Unicode, and what that means. */
const MARKS: [mark: number[], encoding: string][] = [
  [[0xff, 0xfe], 'utf-16le'],
  [[0xfe, 0xff], 'utf-16be'],
];

/**
 * The text of a file that people may have edited or copied: in UTF-8, or with its byte-order mark in UTF-16. The mark is left out, and
 * every line ends in a line feed, whatever it ended in.
 * @throws NotText
 */
export function textOf(bytes: Uint8Array): string {
  const [, encoding = 'utf-8'] = MARKS.find(([mark]) => mark.every((byte, index) => bytes[index] === byte)) ?? [];
  const text = decoded(bytes, encoding);
  if (text.includes('\0')) throw new NotText();
  return withPlainEnds(text);
}

/** The text with a line feed at the end of every line. */
export function withPlainEnds(text: string): string {
  return text.replaceAll(/\r\n?/g, '\n');
}

function decoded(bytes: Uint8Array, encoding: string): string {
  try {
    return new TextDecoder(encoding, { fatal: true }).decode(bytes);
  } catch {
    throw new NotText();
  }
}
