import { eventAt } from '../../projections/engine/position.js';
import { type EventStore, type RecordedEvent, VersionConflict } from '../../store/event-store.js';
import type { StoreLocation } from '../../store/open.js';
import { type PutBack, putBackInSqlite, REPLACED } from '../../store/sqlite/sqlite-put-back.js';
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

/** Keeps one append in flight at a time, so that the order stays the same. The server assigns the positions. */
async function putBackByAppending(store: EventStore, events: Iterable<RecordedEvent>, end: number): Promise<PutBack> {
  const result: PutBack = { put: 0, moved: 0, refused: [] };
  const refused = new Set<string>();
  for await (const run of runs(missingFrom(store, events))) {
    const [{ stream }] = run;
    const reason = refused.has(stream)
      ? 'an event before it in its stream could not be put back'
      : await append(store, run, end);
    if (reason === undefined) {
      result.put += run.length;
      continue;
    }
    refused.add(stream);
    result.refused.push(...run.map((event) => ({ event, reason })));
  }
  return { ...result, moved: result.put };
}

async function* missingFrom(store: EventStore, events: Iterable<RecordedEvent>): AsyncGenerator<RecordedEvent[]> {
  for (const event of events) {
    const found = await patiently(() => eventAt(store, event.stream, event.version));
    if (found?.id !== event.id) yield [event];
  }
}

/** @returns why the events cannot be appended; undefined if they were appended */
async function append(store: EventStore, run: Run, end: number): Promise<string | undefined> {
  const [{ stream, version, position }] = run;
  if (await patiently(() => eventAt(store, stream, version))) return `${REPLACED} version`;
  if (position <= end) return 'later events follow it in the log, and EventStoreDB cannot insert between events';
  try {
    await patiently(() => store.append(stream, version - 1, run));
    return undefined;
  } catch (error) {
    if (!(error instanceof VersionConflict)) throw error;
    return error.actual >= version ? 'its stream continues without it' : 'the event before it in its stream is missing';
  }
}
