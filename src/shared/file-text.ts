import { ExplainedError } from './explained-error.js';

/** The bytes are not text, or their encoding cannot be recognised. */
export class NotText extends Error {
  constructor() {
    super('it is not UTF-8 text; save it as UTF-8');
  }
}

/** A file does not hold what it should. The message says what to do. */
export class UnfitFile extends ExplainedError {
  constructor(file: string, problem: string, remedy: string, options?: ErrorOptions) {
    super(`${file} ${problem}. ${remedy}`, options);
  }
}

/** The byte-order marks that editors write, and the encoding that each one means. */
const MARKS: [mark: number[], encoding: string][] = [
  [[0xff, 0xfe], 'utf-16le'],
  [[0xfe, 0xff], 'utf-16be'],
];

/**
 * Decodes a file that people may have edited or copied: UTF-8, or UTF-16 with a byte-order mark. Removes the mark and turns every line
 * ending into a line feed.
 * @throws NotText
 */
export function textOf(bytes: Uint8Array): string {
  const [, encoding = 'utf-8'] = MARKS.find(([mark]) => mark.every((byte, index) => bytes[index] === byte)) ?? [];
  const text = decoded(bytes, encoding);
  if (text.includes('\0')) throw new NotText();
  return withPlainEnds(text);
}

/** Turns every line ending into a line feed. */
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
