/** How many bytes of events are read, held or written at a time, however many events they are. */
const BYTES = 4 * 1024 * 1024;

/** What one append holds at the most: half of the bytes that EventStoreDB takes (1 MiB). */
export const APPEND = { count: 500, bytes: 512 * 1024, sizeOf: sizeOfEvent };

/** What is stored beside data and metadata, and what holds it together, in bytes. */
const REST = 200;

/** The events of a batch, and whether there were no more. */
export interface Batch<T> {
  items: T[];
  isLast: boolean;
}

/** How much a batch holds: it is full as soon as it has so many events, or 4 MiB of them. It is larger by its last event at the most. */
export class BatchSize {
  readonly #count: number;
  #items = 0;
  #bytes = 0;

  /** @param count how many events fill it */
  constructor(count: number) {
    this.#count = count;
  }

  get isFull(): boolean {
    return this.#items >= this.#count || this.#bytes >= BYTES;
  }

  /** @param bytes the size of one more event */
  add(bytes: number): void {
    this.#items += 1;
    this.#bytes += bytes;
  }
}

/** The first of the items, as many as a batch holds; it takes no more of them than it gives. */
export function firstBatch<T>(items: Iterable<T>, count: number, sizeOf: (item: T) => number): Batch<T> {
  const batch: T[] = [];
  const size = new BatchSize(count);
  for (const item of items) {
    batch.push(item);
    size.add(sizeOf(item));
    if (size.isFull) return { items: batch, isLast: false };
  }
  return { items: batch, isLast: true };
}

/** The size of an event in bytes, or a little more. */
export function sizeOfEvent({ data, metadata, damage = {} }: { data: object; metadata: object; damage?: object | undefined }) {
  return sizeOfText({ data: JSON.stringify([data, damage]), metadata: JSON.stringify(metadata) });
}

/** The same of an event whose data and metadata are JSON text. */
export function sizeOfText({ data, metadata }: { data: string; metadata: string }): number {
  return Buffer.byteLength(data) + Buffer.byteLength(metadata) + REST;
}
