import { setImmediate as nextTurn } from 'node:timers/promises';
import { type EventStore, type RecordedEvent, unproven } from '../../store/event-store.js';
import { type BatchLimit, inBatches } from './batches.js';
import type { Projection } from './projection.js';

/** A projection on its way through the log. */
export interface Traveller {
  readonly projection: Pick<Projection, 'category'>;
  /** The position of the last event that it was given. */
  position: number;
  /** The position at which it stops; by default it goes on to the end of the log. */
  readonly target?: number | undefined;
  /** Applies the next events. */
  apply(events: RecordedEvent[]): void;
}

export interface PassOptions {
  store: Pick<EventStore, 'readAll'>;
  travellers: readonly Traveller[];
  /** How many events are given at a time. */
  batch: BatchLimit;
  signal?: AbortSignal | undefined;
  /** Called with the number of events that were read. */
  onRead?: (events: number) => void;
}

/**
 * Reads on in the log to its end, once for each category, and gives the events to all projections of the category. Yields to other work
 * again and again.
 * @returns how many events it read
 * @throws the signal's reason if that aborts
 */
export async function pass({ store, travellers, batch, signal, onRead = () => {} }: PassOptions): Promise<number> {
  let count = 0;
  for (const category of new Set(travellers.map(({ projection }) => projection.category))) {
    const due = travellers.filter((one) => one.projection.category === category && !isThere(one));
    if (due.length === 0) continue;
    const from = Math.min(...due.map(({ position }) => position));
    for await (const { events } of inBatches(unproven(store.readAll(category, from)), batch)) {
      signal?.throwIfAborted();
      for (const traveller of due) {
        give(traveller, events);
        await nextTurn();
      }
      count += events.length;
      onRead(events.length);
      if (due.every(isThere)) break;
    }
  }
  return count;
}

function isThere({ position, target = Number.POSITIVE_INFINITY }: Traveller): boolean {
  return position >= target;
}

/** Gives the projection the events that it has not seen, up to its target. */
function give(traveller: Traveller, all: RecordedEvent[]): void {
  const { position: from, target = Number.POSITIVE_INFINITY } = traveller;
  const events = all.filter(({ position }) => position > from && position <= target);
  const last = events.at(-1);
  if (!last) return;
  traveller.apply(events);
  traveller.position = last.position;
}
