import { createReadStream } from 'node:fs';
import { open } from 'node:fs/promises';

const NEWLINE = 0x0a;
const WINDOWS_END = Buffer.from('\r\n');
/** The byte-order mark that some editors write before UTF-8. */
const MARK = Buffer.from('\ufeff');
/** The byte-order marks of UTF-16. */
const UTF16_MARKS = ['fffe', 'feff'];
/** Longer than any event that a store takes. A file without newlines should not fill the memory. */
const LONGEST_LINE = 32 * 1024 * 1024;
const CHUNK = 256 * 1024;

/**
 * Yields the lines of the file, or of its first `length` bytes, several at a time, each with its newline; only the last may lack one.
 * @throws Error if a line is longer than 32 MiB
 */
export async function* readLines(file: string, length = Number.POSITIVE_INFINITY): AsyncGenerator<Buffer[]> {
  if (length === 0) return;
  let rest: Buffer = Buffer.alloc(0);
  const chunks: AsyncIterable<Buffer> = createReadStream(file, { highWaterMark: CHUNK, end: length - 1 });
  for await (const chunk of chunks) {
    const bytes = rest.length > 0 ? Buffer.concat([rest, chunk]) : chunk;
    const lines = completeLines(bytes);
    rest = bytes.subarray(lines.reduce((length, line) => length + line.length, 0));
    if (rest.length > LONGEST_LINE)
      throw new Error(
        `${file} has a line of more than ${LONGEST_LINE} bytes, so it is no export of Keyledger. Check the path.`,
      );
    yield lines;
  }
  if (rest.length > 0) yield [rest];
}

/** Reads the last bytes of a file: `length` of them, or fewer. */
export async function readTail(file: string, length: number): Promise<Buffer> {
  const handle = await open(file);
  try {
    const { size } = await handle.stat();
    const tail = Buffer.alloc(Math.min(size, length));
    await handle.read(tail, 0, tail.length, size - tail.length);
    return tail;
  } finally {
    await handle.close();
  }
}

/**
 * Creates a function that undoes, line by line from the first on, the changes that an editor or a copy made to the whole file: it removes
 * a byte-order mark before the first line and, if the first line ends in a carriage return, those of all lines.
 */
export function plainLines(): (line: Buffer) => Buffer {
  let hasReturns: boolean | undefined;
  return (bytes) => {
    const line = hasReturns === undefined && bytes.subarray(0, MARK.length).equals(MARK) ? bytes.subarray(MARK.length) : bytes;
    const end = line.subarray(-2).equals(WINDOWS_END);
    hasReturns ??= end;
    return hasReturns && end ? Buffer.concat([line.subarray(0, -2), Buffer.of(NEWLINE)]) : line;
  };
}

/** True if the file begins like text in UTF-16. */
export async function isUtf16(file: string): Promise<boolean> {
  const handle = await open(file);
  try {
    const { buffer } = await handle.read(Buffer.alloc(2), 0, 2, 0);
    return UTF16_MARKS.includes(buffer.toString('hex'));
  } finally {
    await handle.close();
  }
}

function completeLines(bytes: Buffer): Buffer[] {
  const lines: Buffer[] = [];
  for (let start = 0; ; ) {
    const end = bytes.indexOf(NEWLINE, start) + 1;
    if (end === 0) return lines;
    lines.push(bytes.subarray(start, end));
    start = end;
  }
}
