import { eventAt } from '../../projections/engine/position.js';
import { type EventStore, type RecordedEvent, VersionConflict } from '../../store/event-store.js';
import type { StoreLocation } from '../../store/open.js';
import { type PutBack, putBackInSqlite, REPLACED } from '../../store/sqlite/sqlite-put-back.js';
import { appendPatiently } from '../append-patiently.js';
import { type Run, runs } from '../import/copy-events.js';
import { sayLocked } from '../output/held-up.js';
import { patiently } from '../patiently.js';

export interface PutBackOptions {
  store: EventStore;
  location: StoreLocation;
  /** In the log's order. Events that the log holds are skipped. */
  events: Iterable<RecordedEvent>;
  /** The position of the last of them that the log still holds. */
  end: number;
}

/**
 * Appends lost events again. If it is interrupted, it can be run again.
 * @throws LogSealed, Error if the store does not answer for minutes
 */
export function putBack({ store, location, events, end }: PutBackOptions): Promise<PutBack> {
  if (location.kind !== 'sqlite') return putBackByAppending(store, events, end);
  const { file } = location;
  return putBackInSqlite(file, events, end, () => sayLocked(file));
}

/**
 * Keeps one append in flight at a time, so that the order stays the same, also if another machine puts the same events back meanwhile. The
 * server assigns the positions.
 */
async function putBackByAppending(store: EventStore, events: Iterable<RecordedEvent>, end: number): Promise<PutBack> {
  const result: PutBack = { put: 0, moved: 0, refused: [] };
  const refused = new Set<string>();
  for await (const run of runs(missingFrom(store, events))) {
    const [{ stream }] = run;
    const { put, left, reason } = refused.has(stream) ? behindRefused(run) : await append(store, run, end);
    result.put += put;
    if (left.length > 0) refused.add(stream);
    result.refused.push(...left.map((event) => ({ event, reason })));
  }
  return { ...result, moved: result.put };
}

async function* missingFrom(store: EventStore, events: Iterable<RecordedEvent>): AsyncGenerator<RecordedEvent[]> {
  for (const event of events) {
    const found = await patiently(() => eventAt(store, event.stream, event.version));
    if (found?.id !== event.id) yield [event];
  }
}

/** How many events of a run were appended, which of them cannot be, and why. */
interface Appended {
  put: number;
  left: readonly RecordedEvent[];
  reason: string;
}

function behindRefused(run: Run): Appended {
  return { put: 0, left: run, reason: 'an event before it in its stream could not be put back' };
}

/** Another machine that puts the same events back may be first, at any time. */
async function append(store: EventStore, run: Run, end: number): Promise<Appended> {
  for (let conflict: VersionConflict | undefined; ; ) {
    const { left, isTaken } = await notYetThere(store, run);
    const [next, ...others] = left;
    if (!next) return { put: 0, left, reason: '' };
    const reason = isTaken ? `${REPLACED} version` : whyNot(next, end, conflict);
    if (reason !== undefined) return { put: 0, left, reason };
    conflict = await conflictOf(appendPatiently(store, [next, ...others]));
    if (!conflict) return { put: left.length, left: [], reason: '' };
    // Readers may see the event that caused the conflict only a moment later.
    await patiently(async () => store.requireLeader?.());
  }
}

/** The run without the events at its start that the log holds; and whether another event has the place of the next one. */
async function notYetThere(store: EventStore, run: Run): Promise<{ left: readonly RecordedEvent[]; isTaken: boolean }> {
  for (const [index, { id, stream, version }] of run.entries()) {
    const found = await patiently(() => eventAt(store, stream, version));
    if (found?.id !== id) return { left: run.slice(index), isTaken: found !== undefined };
  }
  return { left: [], isTaken: false };
}

/** @param conflict what the last try to append it, or events before it, met */
function whyNot(
  { version, position, damage }: RecordedEvent,
  end: number,
  conflict: VersionConflict | undefined,
): string | undefined {
  if (damage) return 'its stored text is damaged, so no event can be appended that equals it';
  if (conflict?.expected === version - 1)
    return conflict.actual < version ? 'the event before it in its stream is missing' : 'its stream continues without it';
  return position <= end ? 'later events follow it in the log, and EventStoreDB cannot insert between events' : undefined;
}

/** Undefined if the append succeeds. */
async function conflictOf(append: Promise<void>): Promise<VersionConflict | undefined> {
  try {
    await append;
    return undefined;
  } catch (error) {
    if (error instanceof VersionConflict) return error;
    throw error;
  }
}
