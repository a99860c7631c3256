import { BatchSize, sizeOfText } from '../batch.js';
import type { RecordedEvent } from '../event-store.js';
import { storedText } from '../stored-json.js';

/** The maximum number of events that are kept. */
const KEPT = 1000;

/**
 * The last events of a category that were read, or that this process has written, without a gap. Several projections follow a category at
 * different paces, so an event is parsed once for all of them.
 */
export class LatestEvents {
  #events: RecordedEvent[] = [];
  #size = new BatchSize(KEPT);
  /** No event of the category lies between this position and the first of the events. */
  #after = Number.POSITIVE_INFINITY;

  /** The position up to which they reach: that of the last one, or of the event before the first. */
  get end(): number {
    return this.#events.at(-1)?.position ?? this.#after;
  }

  /** The first events of the category after that position; none if they are not known here. */
  following(position: number): RecordedEvent[] {
    if (position < this.#after) return [];
    return this.#events.slice(this.#events.findLastIndex((event) => event.position <= position) + 1);
  }

  /** Keeps the first events of the category after that position. */
  keep(position: number, events: RecordedEvent[]): void {
    const last = this.#events.at(-1)?.position;
    if (last !== position || this.#size.isFull) {
      if (last !== undefined && position < last) return;
      [this.#events, this.#size, this.#after] = [[], new BatchSize(KEPT), position];
    }
    this.#events.push(...events);
    for (const event of events) this.#size.add(sizeOfText(storedText(event)));
  }
}
