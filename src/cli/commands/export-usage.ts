import type { Config } from '../../config.js';
import type { RecordedEvent } from '../../store/event-store.js';
import { recordRead } from '../audit/record-read.js';
import { withExistingStore } from '../existing-store.js';
import { printAll } from '../output/output.js';
import { Progress } from '../output/progress.js';

/** Writes the records of uses and of refusals by the limit to standard output, as stored, one per line. */
export async function exportUsage(config: Config): Promise<void> {
  await withExistingStore(config, async (store) => {
    await recordRead(store, 'export --usage', {});
    const progress = new Progress();
    await printAll(usageLines(store.readAll('apiKeyUsage'), (events) => progress.add(events.length)));
    progress.end();
  });
}

/** Yields the records, one per line, several lines at a time. */
export async function* usageLines(
  pages: AsyncIterable<RecordedEvent[]>,
  onRead: (events: RecordedEvent[]) => void,
): AsyncGenerator<string> {
  for await (const page of pages) {
    yield page.map(formatRecord).join('');
    onRead(page);
  }
}

function formatRecord({ position, stream, version, type, schemaVersion, id, data, metadata }: RecordedEvent): string {
  return `${JSON.stringify({ position, stream, version, type, schemaVersion, id, data, metadata })}\n`;
}
