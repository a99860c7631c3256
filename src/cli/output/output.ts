import { redacted } from '../../shared/redacted.js';

/** Standard output takes no more: its reader has gone, or the disk is full. */
class OutputFailed extends Error {
  constructor(cause: NodeJS.ErrnoException) {
    const reason = cause.code === 'EPIPE' ? 'was closed before everything was written' : `cannot be written: ${cause.message}`;
    super(`Standard output ${reason}.`, { cause });
  }
}

/**
 * Reports a closed output to the code that writes to it, and keeps it from ending the process. Call it once, before anything is written.
 */
export function surviveClosedOutput(): void {
  for (const stream of [process.stdout, process.stderr]) stream.on('error', () => {});
}

/**
 * Writes to standard output. Resolves when it is written.
 * @throws OutputFailed
 */
export function print(piece: string | Uint8Array): Promise<void> {
  return new Promise((resolve, reject) => {
    process.stdout.write(piece, (error) => (error ? reject(new OutputFailed(error)) : resolve()));
  });
}

/**
 * Writes the pieces one after another, each when the one before is written.
 * @throws OutputFailed
 */
export async function printAll(pieces: AsyncIterable<string | Uint8Array> | Iterable<string | Uint8Array>): Promise<void> {
  for await (const piece of pieces) await print(piece);
}

/**
 * Prints a message for people on standard error, without secrets: somebody may have given one in the wrong place, and standard error is
 * often kept. If nobody reads it, only the message is lost.
 */
export function say(text: string): void {
  sayPlainly(`keyledger: ${text}\n`);
}

/** Like `say`, but adds nothing to the text. */
export function sayPlainly(text: string): void {
  process.stderr.write(redacted(text));
}

/** True if standard error is a terminal. */
export function isWatched(): boolean {
  return process.stderr.isTTY;
}

/** True if standard output is a terminal. */
export function isShown(): boolean {
  return process.stdout.isTTY;
}
