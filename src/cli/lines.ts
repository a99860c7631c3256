import { createReadStream } from 'node:fs';
import { open } from 'node:fs/promises';

const NEWLINE = 0x0a;
/** Longer than any event that a store takes; a file without newlines should not fill the memory. */
const LONGEST_LINE = 32 * 1024 * 1024;
const CHUNK = 256 * 1024;

/**
 * The lines of the file, or of its first `length` bytes, some at a time, each with its newline; only the last may lack one.
 * @throws Error where a line is longer than 32 MiB
 */
export async function* readLines(file: string, length = Number.POSITIVE_INFINITY): AsyncGenerator<Buffer[]> {
  if (length === 0) return;
  let rest: Buffer = Buffer.alloc(0);
  const chunks: AsyncIterable<Buffer> = createReadStream(file, { highWaterMark: CHUNK, end: length - 1 });
  for await (const chunk of chunks) {
    const bytes = rest.length > 0 ? Buffer.concat([rest, chunk]) : chunk;
    const lines = completeLines(bytes);
    rest = bytes.subarray(lines.reduce((length, line) => length + line.length, 0));
    if (rest.length > LONGEST_LINE) throw new Error(`${file} has a line of more than ${LONGEST_LINE} bytes.`);
    yield lines;
  }
  if (rest.length > 0) yield [rest];
}

/** The file's last bytes, as many as that or fewer. */
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

function completeLines(bytes: Buffer): Buffer[] {
  const lines: Buffer[] = [];
  for (let start = 0; ; ) {
    const end = bytes.indexOf(NEWLINE, start) + 1;
    if (end === 0) return lines;
    lines.push(bytes.subarray(start, end));
    start = end;
  }
}
