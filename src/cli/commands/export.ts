import type { Config } from '../../config.js';
import type { RecordedEvent } from '../../store/event-store.js';
import { recordRead } from '../audit/record-read.js';
import { savedPosition } from '../audit/saved-position.js';
import { withExistingStore } from '../existing-store.js';
import { printAll, say } from '../output/output.js';
import { Progress } from '../output/progress.js';
import { WrongUsage } from '../output/wrong-usage.js';
import { completeExport, type ExportFilter, filteredExport } from '../transparency/export-lines.js';
import type { LastLine } from '../transparency/history-line.js';
import { LogSigner } from '../transparency/log-signer.js';
import { resumeExport } from '../transparency/resume-export.js';

export interface ExportOptions extends ExportFilter {
  /** A file with an interrupted export of everything, to be completed. */
  resume?: string | undefined;
}

/**
 * Writes the history to standard output, one event per line, then the checkpoint; or completes a file.
 * @throws WrongUsage if the file cannot be completed
 * @throws ReadNotRecorded, OutputFailed
 */
export async function exportHistory(config: Config, { resume, ...filter }: ExportOptions): Promise<void> {
  const isFiltered = Object.values(filter).some((value) => value !== undefined);
  if (isFiltered && resume !== undefined)
    throw new WrongUsage('Only an export of everything can be resumed. Leave out --resume, or --from, --to and --account.');
  await withExistingStore(config, async (store) => {
    const signer = await LogSigner.open(config, store);
    const progress = new Progress({ total: savedPosition(config, store) });
    const onRead = (events: RecordedEvent[]) => progress.add(events.length, events.at(-1)?.position);
    const onLast = (last: LastLine) => {
      progress.end();
      announce(last);
    };
    const source = { store, signer, onRead, onLast };
    await recordRead(store, 'export', filter);
    if (resume !== undefined) return resumeExport(resume, source);
    return printAll(joinLines(isFiltered ? filteredExport(source, filter) : completeExport(source)));
  });
}

async function* joinLines(pages: AsyncIterable<string[]>): AsyncGenerator<string> {
  for await (const lines of pages) yield lines.join('');
}

function announce({ checkpoint, reason, complete }: LastLine): void {
  if (checkpoint === null) say(`the export is not signed: ${reason}`);
  if (complete === false) say('a filtered export proves each of its events; it does not prove that none is missing');
}
