import { BatchSize, sizeOfText } from '../../store/batch.js';
import type { RecordedEvent } from '../../store/event-store.js';
import { storedText } from '../../store/stored-json.js';

/** The maximum number of events in a batch. It is large because ids are random and each transaction writes every page that they touch. */
const BATCH = 6000;

/** Events that are applied together. */
export interface EventBatch {
  events: RecordedEvent[];
  /** True if the log held no further events at that moment. */
  isLast: boolean;
}

/** Joins pages of a store to batches. After an empty page, every page is a batch, for its events are wanted at once. */
export async function* inBatches(pages: AsyncIterable<RecordedEvent[]>): AsyncGenerator<EventBatch> {
  let [events, size, isLive]: [RecordedEvent[], BatchSize, boolean] = [[], new BatchSize(BATCH), false];
  for await (const page of pages) {
    events.push(...page);
    isLive ||= page.length === 0;
    if (!isLive) for (const event of page) size.add(sizeOfText(storedText(event)));
    if (!isLive && !size.isFull) continue;
    yield { events, isLast: page.length === 0 };
    [events, size] = [[], new BatchSize(BATCH)];
  }
  if (events.length > 0) yield { events, isLast: false };
}
