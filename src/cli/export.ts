import { createWriteStream } from 'node:fs';
import { truncate } from 'node:fs/promises';
import { pipeline } from 'node:stream/promises';
import type { Config } from '../config.js';
import type { RecordedEvent } from '../store/event-store.js';
import { withExistingStore } from './existing-store.js';
import { completeExport, type ExportFilter, type ExportSource, filteredExport } from './export-lines.js';
import { type LastLine, parseLine } from './history-line.js';
import { readLines } from './lines.js';
import { LogSigner } from './log-signer.js';
import { Progress } from './progress.js';
import { recordRead } from './record-read.js';
import { savedPosition } from './saved-position.js';
import { WrongUsage } from './wrong-usage.js';

export interface ExportOptions extends ExportFilter {
  /** An export of everything that was broken off, to be completed. */
  resume?: string | undefined;
}

/**
 * Writes the history to standard output, an event a line, the checkpoint last; or completes a file.
 * @throws WrongUsage where the file cannot be completed
 */
export async function exportHistory(config: Config, { resume, ...filter }: ExportOptions): Promise<void> {
  const isFiltered = Object.values(filter).some((value) => value !== undefined);
  if (isFiltered && resume !== undefined) throw new WrongUsage('Only an export of everything can be resumed.');
  await withExistingStore(config, async (store) => {
    const signer = await LogSigner.open(config);
    const progress = new Progress({ total: savedPosition(config, store) });
    const onRead = (events: RecordedEvent[]) => progress.add(events.length, events.at(-1)?.position);
    const onLast = (last: LastLine) => {
      progress.end();
      announce(last);
    };
    const source = { store, signer, onRead, onLast };
    return recordRead(store, 'export', filter, () => {
      if (resume !== undefined) return complete(resume, source);
      const pages = isFiltered ? filteredExport(source, filter) : completeExport(source);
      return pipeline(pages, joinLines, process.stdout, { end: false });
    });
  });
}

/** Writes to the file what it lacks. Its lines must be what this export would write: a checkpoint is signed for them too. */
async function complete(file: string, source: ExportSource): Promise<void> {
  const length = await completeLength(file);
  await truncate(file, length);
  const pages = withoutPrefix(completeExport(source), file, length);
  await pipeline(pages, joinLines, createWriteStream(file, { flags: 'a' }));
}

/** How many bytes the complete lines take. */
async function completeLength(file: string): Promise<number> {
  let length = 0;
  let last: Buffer | undefined;
  try {
    for await (const lines of readLines(file)) {
      for (const line of lines.filter((line) => line.at(-1) === 0x0a)) {
        length += line.length;
        last = line;
      }
    }
  } catch (error) {
    throw new WrongUsage(`${file} cannot be read: ${error instanceof Error ? error.message : error}`);
  }
  if (last && 'checkpoint' in parseLine(last)) throw new WrongUsage(`${file} is finished: it ends in a checkpoint.`);
  return length;
}

async function* withoutPrefix(pages: AsyncIterable<string[]>, file: string, length: number): AsyncGenerator<string[]> {
  const kept = eachLine(file, length);
  let number = 0;
  let done = false;
  for await (const page of pages) {
    const missing: string[] = [];
    for (const line of page) {
      const next: IteratorResult<string, undefined> | undefined = done ? undefined : await kept.next();
      done ||= next?.done === true;
      number += 1;
      if (done) missing.push(line);
      else if (next?.value !== line) throw new Error(`${file} is not the beginning of this log: line ${number} differs.`);
    }
    if (missing.length > 0) yield missing;
  }
}

async function* eachLine(file: string, length: number): AsyncGenerator<string, undefined> {
  for await (const lines of readLines(file, length)) for (const line of lines) yield line.toString('utf8');
}

async function* joinLines(pages: AsyncIterable<string[]>): AsyncGenerator<string> {
  for await (const lines of pages) yield lines.join('');
}

function announce({ checkpoint, reason, complete }: LastLine): void {
  if (checkpoint === null) process.stderr.write(`keyledger: the export has no checkpoint: ${reason}\n`);
  if (complete === false) {
    process.stderr.write('keyledger: a filtered export proves each of its events, and not that none was left out\n');
  }
}
