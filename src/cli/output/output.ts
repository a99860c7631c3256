/** Standard output takes no more: whoever read it has gone, or the disk is full. */
export class OutputFailed extends Error {
  constructor(cause: NodeJS.ErrnoException) {
    const reason = cause.code === 'EPIPE' ? 'was closed before all was written' : `cannot be written: ${cause.message}`;
    super(`Standard output ${reason}.`, { cause });
  }
}

/** Call it once, before anything is written: a stream that takes no more is told to whoever writes, and ends nobody else. */
export function surviveClosedOutput(): void {
  for (const stream of [process.stdout, process.stderr]) stream.on('error', () => {});
}

/**
 * Writes to standard output; resolves when it is written.
 * @throws OutputFailed
 */
export function print(piece: string | Uint8Array): Promise<void> {
  return new Promise((resolve, reject) => {
    process.stdout.write(piece, (error) => (error ? reject(new OutputFailed(error)) : resolve()));
  });
}

/**
 * Writes one piece after another, each when the one before is written.
 * @throws OutputFailed
 */
export async function printAll(pieces: AsyncIterable<string | Uint8Array> | Iterable<string | Uint8Array>): Promise<void> {
  for await (const piece of pieces) await print(piece);
}

/** Tells people something, on standard error. Where nobody reads that, nothing is lost but this. */
export function say(text: string): void {
  process.stderr.write(`keyledger: ${text}\n`);
}

/** Writes to standard error as it is, as `say` does. */
export function sayPlainly(text: string): void {
  process.stderr.write(text);
}

/** Whether a person looks at standard error. */
export function isWatched(): boolean {
  return process.stderr.isTTY;
}

/** Whether standard output is shown to a person. */
export function isShown(): boolean {
  return process.stdout.isTTY;
}
