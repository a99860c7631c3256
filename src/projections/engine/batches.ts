import { BatchSize, PAGE_BYTES, sizeOfText } from '../../store/batch.js';
import type { FollowedPage, RecordedEvent } from '../../store/event-store.js';
import { storedText } from '../../store/stored-json.js';

/** The maximum number of events in a batch, and their maximum size in bytes. */
export interface BatchLimit {
  count: number;
  bytes?: number;
}

export const BATCH = {
  /** Where each batch is a transaction. Ids are random, and each transaction writes every page that they touch. */
  transaction: { count: 6000 },
  /** Where all batches are one transaction. Events that live for a short time cost the garbage collector little. */
  part: { count: 1000, bytes: PAGE_BYTES },
} satisfies Record<string, BatchLimit>;

/** Joins pages of a store, to be applied together. After the first proof, the events are live: each page is passed on at once. */
export async function* inBatches(
  pages: AsyncIterable<FollowedPage>,
  { count, bytes }: BatchLimit,
): AsyncGenerator<FollowedPage> {
  let [events, size, isLive]: [RecordedEvent[], BatchSize, boolean] = [[], new BatchSize(count, bytes), false];
  for await (const page of pages) {
    events.push(...page.events);
    isLive ||= page.provenAt !== undefined;
    if (!isLive) for (const event of page.events) size.add(sizeOfText(storedText(event)));
    if (!isLive && !size.isFull) continue;
    yield { events, provenAt: page.provenAt, isMoved: page.isMoved };
    [events, size] = [[], new BatchSize(count, bytes)];
  }
  if (events.length > 0) yield { events };
}
