import { open } from 'node:fs/promises';
import { messageOf } from '../../shared/message-of.js';
import { readLines, readTail } from '../output/lines.js';
import { WrongUsage } from '../output/wrong-usage.js';
import { completeExport, type ExportSource } from './export-lines.js';
import { lastLineIn } from './history-line.js';

/** More than the last line of an export needs. */
const TAIL = 64 * 1024;

/** How the last line begins: with a checkpoint, or with none and the reason. */
const LAST_LINES = ['{"checkpoint":"keyledger/', '{"checkpoint":null,"reason":"'];

/**
 * Completes an interrupted export of everything. The file is changed only after all of it was compared with what this export writes: it
 * must be, byte for byte, the beginning of that. Otherwise no checkpoint is signed.
 * @throws WrongUsage if the file cannot be read, or is complete
 */
export async function resumeExport(file: string, source: ExportSource): Promise<void> {
  await requireUnfinished(file);
  const begun = new BegunExport(file);
  const handle = await open(file, 'a');
  try {
    let isCompared = false;
    for await (const lines of completeExport({ ...source, onEnd: () => begun.requireEnd() })) {
      const missing = await begun.missingOf(lines);
      if (missing.length === 0) continue;
      if (!isCompared) await handle.truncate(begun.length);
      isCompared = true;
      await handle.appendFile(missing.join(''));
    }
  } finally {
    await handle.close();
  }
}

async function requireUnfinished(file: string): Promise<void> {
  const tail = await readTail(file, TAIL).catch((error: unknown) => {
    throw new WrongUsage(`${file} cannot be read: ${messageOf(error)}`);
  });
  if (lastLineIn(tail)) throw new WrongUsage(`${file} is complete: it ends in a checkpoint. There is nothing to resume.`);
}

/** Compares a file, line by line, with the export whose beginning it should be. */
class BegunExport {
  readonly #file: string;
  readonly #lines: AsyncGenerator<Buffer, undefined>;
  #next: Buffer | undefined;
  #number = 0;
  /** How many bytes of whole lines were compared. */
  length = 0;

  constructor(file: string) {
    this.#file = file;
    this.#lines = eachLine(file);
  }

  /**
   * Returns those of the next lines that the file lacks.
   * @throws Error if it holds others
   */
  async missingOf(lines: string[]): Promise<string[]> {
    const missing: string[] = [];
    for (const line of lines) if (await this.#lacks(line)) missing.push(line);
    return missing;
  }

  /**
   * Checks that the file ends here, except perhaps for a part of a last line.
   * @throws Error
   */
  async requireEnd(): Promise<void> {
    const next = await this.#peek();
    if (next && !isPartOfLast(next)) this.#fail(this.#number + 1);
  }

  async #lacks(line: string): Promise<boolean> {
    const next = await this.#peek();
    if (!next) return true;
    this.#number += 1;
    this.#next = undefined;
    const expected = Buffer.from(line);
    if (next.equals(expected)) {
      this.length += next.length;
      return false;
    }
    if (!isWhole(next) && (expected.subarray(0, next.length).equals(next) || isPartOfLast(next))) return true;
    return this.#fail(this.#number);
  }

  /** Undefined at the end of the file. */
  async #peek(): Promise<Buffer | undefined> {
    this.#next ??= (await this.#lines.next()).value;
    return this.#next;
  }

  #fail(line: number): never {
    throw new Error(
      `${this.#file} is not the beginning of an export of this log: line ${line} differs. The file was not changed; write a new export to another.`,
    );
  }
}

async function* eachLine(file: string): AsyncGenerator<Buffer, undefined> {
  for await (const lines of readLines(file)) yield* lines;
}

function isWhole(line: Buffer): boolean {
  return line.at(-1) === 0x0a;
}

/** True if the line may be a part of an export's last line, which differs from export to export. */
function isPartOfLast(line: Buffer): boolean {
  const text = line.toString();
  return !isWhole(line) && LAST_LINES.some((last) => last.startsWith(text) || text.startsWith(last));
}
