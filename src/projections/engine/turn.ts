import type { RecordedEvent } from '../../store/event-store.js';
import type { Connection } from './connection.js';
import type { PositionTable, Source } from './position.js';
import type { Projection, Unread } from './projection.js';

/**
 * How long one transaction applies events, in milliseconds; the commit comes on top. Nothing else runs meanwhile, so this bounds how long
 * requests wait for a burst of events.
 */
const TURN = 5;

/** The same in a file that was just opened: nothing of it is in memory, so that the commit takes longer than the events. */
export const FIRST_TURNS = 2;

/** How many events are applied before the next look at the clock. The first steps are shorter: in a new file, events take long. */
const STEP = 10;

/** The events that are in the tables now, and those among them that could not be read. */
export interface Taken {
  taken: RecordedEvent[];
  unread: Unread[];
}

export interface TurnOptions {
  database: Connection;
  projection: Projection;
  positions: PositionTable;
  source: Source;
  /** True if nothing else has to run before all events are applied. */
  atOnce?: boolean;
  /** How long events are applied, in milliseconds. */
  limit?: number;
}

/**
 * Takes the first events, as many as fit into one transaction. Checks first, and asks for the write lock only if no other process has
 * applied them all.
 * @param unseen those of the events that the tables do not hold; it may throw
 */
export function takeTurn(
  events: RecordedEvent[],
  unseen: (events: RecordedEvent[]) => RecordedEvent[],
  options: TurnOptions,
): Taken {
  if (unseen(events).length === 0) return { taken: events, unread: [] };
  return options.database
    .transaction(() => {
      const due = unseen(events);
      const { count, unread } = apply(due, options);
      return { taken: events.slice(0, events.length - due.length + count), unread };
    })
    .immediate();
}

function apply(
  events: RecordedEvent[],
  { projection, positions, source, atOnce = false, limit = TURN }: TurnOptions,
): { count: number; unread: Unread[] } {
  const end = performance.now() + (atOnce ? Number.POSITIVE_INFINITY : limit);
  const unread: Unread[] = [];
  let count = 0;
  while (count < events.length && (count === 0 || performance.now() < end)) {
    // After 1, 2, 4, 8 events, and so on.
    const step = atOnce ? events.length : Math.min(Math.max(count, 1), STEP);
    unread.push(...projection.apply(events.slice(count, count + step)));
    count = Math.min(count + step, events.length);
  }
  positions.save(projection, source, events.slice(0, count));
  return { count, unread };
}
