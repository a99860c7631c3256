import type { RecordedEvent } from '../../store/event-store.js';
import type { Projection, Unread } from './projection.js';

/** How long a turn applies events, in milliseconds. Nothing else runs meanwhile, so this bounds how long requests wait for a burst. */
const TURN = 5;

/** After how many events the time is looked at. */
const STEP = 50;

/** What a turn has done: the number of events that it applied, and those among them that could not be read. */
export interface Turn {
  count: number;
  unread: Unread[];
}

/** Applies the first of the events, at least one and as many as fit into a turn, within the caller's transaction. */
export function takeTurn(projection: Projection, events: RecordedEvent[]): Turn {
  const end = performance.now() + TURN;
  const unread: Unread[] = [];
  let count = 0;
  while (count < events.length && (count === 0 || performance.now() < end)) {
    unread.push(...projection.apply(events.slice(count, count + STEP)));
    count = Math.min(count + STEP, events.length);
  }
  return { count, unread };
}
