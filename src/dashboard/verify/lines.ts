/** A line of a file, without its newline. */
export interface Line {
  text: string;
  /** From 1. */
  number: number;
  /** False if the file ends within it. */
  isWhole: boolean;
}

/** The file is not text, or a line of it is longer than that of any export. */
export class NotLines extends Error {
  constructor(
    readonly line: number,
    reason: string,
  ) {
    super(reason);
  }
}

/** In characters. An event has some hundreds. */
const LONGEST = 1024 * 1024;

/**
 * Reads a file line by line, in parts: a file may be larger than the memory. A byte-order mark and the line ends of Windows are dropped.
 * @param onRead called with the number of bytes of each part
 * @throws NotLines
 */
export async function* linesOf(file: Blob, onRead: (bytes: number) => void): AsyncGenerator<Line> {
  const decoder = new TextDecoder('utf-8', { fatal: true });
  const reader = file.stream().getReader();
  let rest = '';
  let number = 0;
  try {
    for (;;) {
      const { value, done } = await reader.read();
      const parts = (rest + decode(decoder, value, number + 1)).split('\n');
      rest = parts.pop() ?? '';
      for (const text of parts) yield { text: text.replace(/\r$/, ''), number: ++number, isWhole: true };
      if (rest.length > LONGEST) throw new NotLines(number + 1, 'it is longer than a line of an export can be');
      if (done) break;
      onRead(value.length);
    }
    if (rest !== '') yield { text: rest, number: number + 1, isWhole: false };
  } finally {
    await reader.cancel();
  }
}

/** Without bytes, the file has ended. */
function decode(decoder: TextDecoder, bytes: Uint8Array | undefined, line: number): string {
  try {
    return bytes ? decoder.decode(bytes, { stream: true }) : decoder.decode();
  } catch {
    throw new NotLines(line, 'it is not text in UTF-8');
  }
}
