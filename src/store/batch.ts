import { type StoredEvent, storedText } from './stored-json.js';

/** The maximum size of the events that are read, held or written at a time, in bytes. */
const BYTES = 4 * 1024 * 1024;

/** The maximum size of a page of large events, in bytes. While many pages are read, several are in memory at a time. */
export const PAGE_BYTES = 1024 * 1024;

/** The maximum size of one append: half of what EventStoreDB accepts (1 MiB). */
export const APPEND = { count: 500, bytes: 512 * 1024, sizeOf: sizeOfEvent };

/** The estimated size of an event apart from its data and metadata, in bytes. */
const REST = 200;

/** The events of a batch, and whether they were the last. */
export interface Batch<T> {
  items: T[];
  isLast: boolean;
}

/** Measures a batch. It is full at a number of events or at a size, whichever comes first; its last event may exceed the size. */
export class BatchSize {
  readonly #count: number;
  readonly #limit: number;
  #items = 0;
  #bytes = 0;

  /**
   * @param count the number of events that fills it
   * @param limit the size that fills it, in bytes; 4 MiB by default
   */
  constructor(count: number, limit = BYTES) {
    this.#count = count;
    this.#limit = limit;
  }

  get isFull(): boolean {
    return this.#items >= this.#count || this.#bytes >= this.#limit;
  }

  /** @param bytes the size of the added event */
  add(bytes: number): void {
    this.#items += 1;
    this.#bytes += bytes;
  }
}

/** Takes the first items, as many as fit into a batch. Consumes no further items. */
export function firstBatch<T>(items: Iterable<T>, count: number, sizeOf: (item: T) => number, limit?: number): Batch<T> {
  const batch: T[] = [];
  const size = new BatchSize(count, limit);
  for (const item of items) {
    batch.push(item);
    size.add(sizeOf(item));
    if (size.isFull) return { items: batch, isLast: false };
  }
  return { items: batch, isLast: true };
}

/** The approximate size of an event in bytes, rounded up. */
export function sizeOfEvent(event: StoredEvent): number {
  return sizeOfText(storedText(event));
}

/** Like `sizeOfEvent`, for data and metadata as JSON text. */
export function sizeOfText({ data, metadata }: { data: string; metadata: string }): number {
  return Buffer.byteLength(data) + Buffer.byteLength(metadata) + REST;
}
