import type { Config } from '../../config.js';
import { checkpointIn } from '../../domain/transparency/note-file.js';
import { messageOf } from '../../shared/message-of.js';
import { rangeFault } from '../../shared/range-fault.js';
import type { RecordedEvent } from '../../store/event-store.js';
import { recordRead } from '../audit/record-read.js';
import { savedPosition } from '../audit/saved-position.js';
import { withExistingStore } from '../existing-store.js';
import { printAll, say } from '../output/output.js';
import { Progress } from '../output/progress.js';
import { WrongUsage } from '../output/wrong-usage.js';
import { completeExport, type ExportFilter, filteredExport } from '../transparency/export-lines.js';
import type { LastLine } from '../transparency/history-line.js';
import { COPY_EXACTLY, readNotes } from '../transparency/kept-notes.js';
import { LogSigner } from '../transparency/log-signer.js';
import { resumeExport } from '../transparency/resume-export.js';

export interface ExportOptions extends ExportFilter {
  /** A file with an interrupted export of everything, to be completed. */
  resume?: string | undefined;
  /** Files of signed notes: checkpoints that were kept, which a filtered export is to be proved against. */
  checkpoint?: string[] | undefined;
}

/** How many checkpoints one line can be proved against: readers keep it in memory. */
const MOST_KEPT = 1000;

/**
 * Writes the history to standard output, one event per line, then the checkpoint; or completes a file.
 * @throws WrongUsage if the file cannot be completed, or if the range of times cannot hold anything
 * @throws ReadNotRecorded, OutputFailed
 */
export async function exportHistory(config: Config, { resume, checkpoint, ...filter }: ExportOptions): Promise<void> {
  const isFiltered = Object.values(filter).some((value) => value !== undefined);
  if (isFiltered && resume !== undefined)
    throw new WrongUsage('Only an export of everything can be resumed. Leave out --resume, or --from, --to and --account.');
  if (!isFiltered && checkpoint !== undefined)
    throw new WrongUsage(
      '--checkpoint is for a part of the history. An export of everything is verified against any checkpoint as it is. Leave out --checkpoint.',
    );
  const fault = rangeFault(filter, '--');
  if (fault !== undefined) throw new WrongUsage(`${fault}.`);
  const kept = (await Promise.all((checkpoint ?? []).map(readSizes))).flat();
  if (kept.length > MOST_KEPT) throw new WrongUsage(`There are ${kept.length} checkpoints. Give at most ${MOST_KEPT}.`);
  await withExistingStore(config, async (store) => {
    const signer = await LogSigner.open(config, store);
    const progress = new Progress({ total: savedPosition(config, store) });
    const onRead = (events: RecordedEvent[]) => progress.add(events.length, events.at(-1)?.position);
    const onLast = (last: LastLine, isWhole: boolean) => {
      progress.end();
      announce(last, isWhole);
    };
    const source = { store, signer, onRead, onLast };
    await recordRead(store, 'export', filter);
    if (resume !== undefined) return resumeExport(resume, source);
    return printAll(joinLines(isFiltered ? filteredExport(source, filter, kept) : completeExport(source)));
  });
}

async function* joinLines(pages: AsyncIterable<string[]>): AsyncGenerator<string> {
  for await (const lines of pages) yield lines.join('');
}

function announce({ checkpoint, reason }: LastLine, isWhole: boolean): void {
  if (checkpoint === null) say(`the export is not signed: ${reason}`);
  if (!isWhole) say('a filtered export proves each of its events; it does not prove that none is missing');
}

/** The sizes of the checkpoints in the file. Their signatures do not matter here: who verifies the export verifies them. */
async function readSizes(file: string): Promise<number[]> {
  const notes = await readNotes(file);
  try {
    return notes.map((note) => checkpointIn(note).size);
  } catch (error) {
    throw new WrongUsage(`${file}: ${messageOf(error)} ${COPY_EXACTLY}`);
  }
}
