import { setTimeout as delay, setImmediate as nextTurn } from 'node:timers/promises';
import { countOf } from '../../shared/count-of.js';
import { type EventStore, LogMismatch, type RecordedEvent } from '../../store/event-store.js';
import { eventAt, type FirstEvent } from '../engine/position.js';
import type { KnownEvents, KnownLog, Witness } from './known-log.js';

/** How long to wait for an event that was followed and cannot be read yet, in milliseconds. */
const LATE = 100;

/** The public part of the message. */
export const CLOSED = 'Deletions may be missing, so no key is verified and nothing is changed.';
const RECOVER = '`keyledger recover` puts back what this data directory still holds';
const ACCEPT = '`keyledger recover --accept-loss`';

/** What is said where nothing is signed. */
export const SHOWS = '`keyledger recover` says which, as far as this data directory knows';

/** What to say before the operator is told how to continue with a log that differs from the known one. */
export const WARNING = 'Somebody may have rewritten the log. Do not accept this before you know who changed it.';

/**
 * Looks for the events by which the log is recognised: the first one, and the last one that each projection applied. Reads the whole log
 * only if one of them is missing.
 * @returns undefined if it is the known log and lacks nothing at its end
 */
export async function findMismatch(store: EventStore, known: KnownLog): Promise<LogMismatch | undefined> {
  const first = known.first();
  const expected = [...(first ? [{ ...first, version: 1 }] : []), ...known.witnesses()];
  if (await areThere(store, expected)) return undefined;
  // EventStoreDB may show an event to a reader of its stream a moment later than to a follower of all.
  await delay(LATE);
  return (await areThere(store, expected)) ? undefined : judge(store, known);
}

/** Looks again for what was found, once the node has shown that it leads: a former leader that does not know it yet lacks the newest events. */
export async function confirmedByLeader(
  store: Pick<EventStore, 'requireLeader'>,
  find: () => Promise<LogMismatch | undefined>,
): Promise<LogMismatch | undefined> {
  const found = await find();
  if (!found || !store.requireLeader) return found;
  await store.requireLeader();
  return find();
}

async function areThere(store: EventStore, expected: readonly Witness[]): Promise<boolean> {
  for (const { stream, version, id } of expected) {
    if ((await eventAt(store, stream, version))?.id !== id) return false;
  }
  return true;
}

/** The comparison of a log, read from its beginning, with the known events. */
class Walk {
  size = 0;
  first: RecordedEvent | undefined;
  last: RecordedEvent | undefined;
  /** The place of the last known event, and where it is known to be. */
  lastPlace = 0;
  common = 0;
  /** The number of unknown events, and of those among them that are before a known one. */
  strange = 0;
  strangeBetween = 0;
  /** True if known events are in another order. */
  isDisordered = false;
  /** For each stream, the number of its events and the version of the last. */
  readonly streams = new Map<string, { count: number; version: number }>();

  /** How many events are missing within streams: before the last version that is there. */
  gaps(): number {
    return [...this.streams.values()].reduce((sum, { count, version }) => sum + version - count, 0);
  }
}

/**
 * How many events are missing within the log's streams, and how many the log holds. An account whose stream lacks events is refused
 * individually; it does not count against the log.
 */
export async function countGaps(store: EventStore): Promise<{ size: number; gaps: number; last: RecordedEvent | undefined }> {
  const walked = await walk(store, undefined);
  return { size: walked.size, gaps: walked.gaps(), last: walked.last };
}

async function walk(store: EventStore, known: KnownEvents | undefined): Promise<Walk> {
  const walked = new Walk();
  for await (const page of store.readAll('apiKeys')) {
    for (const event of page) take(walked, event, known?.placeOf(event.id));
    await nextTurn();
  }
  return walked;
}

function take(walked: Walk, event: RecordedEvent, place: number | undefined): void {
  walked.size += 1;
  walked.first ??= event;
  walked.last = event;
  const stream = walked.streams.get(event.stream);
  walked.streams.set(event.stream, { count: (stream?.count ?? 0) + 1, version: event.version });
  if (place === undefined) {
    walked.strange += 1;
    return;
  }
  walked.common += 1;
  walked.strangeBetween = walked.strange;
  walked.isDisordered ||= place <= walked.lastPlace && walked.common > 1;
  walked.lastPlace = Math.max(place, walked.lastPlace);
}

async function judge(store: EventStore, known: KnownLog): Promise<LogMismatch | undefined> {
  const events = known.events();
  if (!events) return judgeByCount(store, known);
  const walked = await walk(store, events);
  if (walked.first && walked.common === 0) return anotherLog(walked.first, known.first());
  const end = walked.common === 0 ? Number.NEGATIVE_INFINITY : walked.lastPlace;
  const missing = events.countAfter(end);
  if (missing > 0 && !(await isWithinStreams(store, walked, events, end))) {
    const [firstMissing] = events.after(end);
    return lacking(missing, firstMissing ? `the first of ${firstMissing.metadata.at}` : sinceEndOf(walked), walked.strange);
  }
  if (walked.strangeBetween > 0 || walked.isDisordered) return changed();
  return undefined;
}

/** Judges the log if only the last event of each projection is known. */
async function judgeByCount(store: EventStore, known: KnownLog): Promise<LogMismatch | undefined> {
  // Asked before the log is read: what is appended meanwhile is not missing.
  const [count, first] = [known.count(), known.first()];
  const walked = await walk(store, undefined);
  if (walked.first && first && walked.first.id !== first.id && walked.gaps() === 0) return anotherLog(walked.first, first);
  const missing = count - walked.size - walked.gaps();
  if (missing > 0) return lacking(missing, sinceEndOf(walked), 0);
  for (const { stream, version, id } of known.witnesses()) {
    const found = await eventAt(store, stream, version);
    if (found && found.id !== id) return changed();
  }
  return undefined;
}

/**
 * True if every event that is missing after that place belongs to a stream that is gone or that lacks events in its middle. Somebody has
 * then truncated or deleted these streams, and no other has lost anything.
 */
async function isWithinStreams(store: EventStore, walked: Walk, events: KnownEvents, end: number): Promise<boolean> {
  let any = false;
  for (const { stream, version } of events.after(end)) {
    any = true;
    const held = walked.streams.get(stream);
    const within = held ? held.version >= version && !(await eventAt(store, stream, version)) : events.holds(stream, end);
    if (!within) return false;
  }
  return any;
}

/** Since when events are missing, for `lacking`, if the log ends with the last one. */
export function sinceEndOf({ last }: Pick<Walk, 'last'>): string {
  return last ? `all after ${last.metadata.at}` : 'all of them';
}

/** @param since the time from which on events are missing */
export function lacking(missing: number, since: string, strange: number): LogMismatch {
  const others = strange > 0 ? ` It holds ${countOf(strange, 'other event')} instead. ${WARNING}` : '';
  return new LogMismatch(
    `The event log lacks ${countOf(missing, 'event')} at its end that this data directory knows: ${since}.${others} ${CLOSED} ${RECOVER}; ${ACCEPT} continues without the rest.`,
  );
}

/** The mismatch of a log that does not begin with the event that this data directory knows. */
export function anotherLog(found: Pick<RecordedEvent, 'id'>, known: Pick<FirstEvent, 'id'> | undefined): LogMismatch {
  const expected = known ? `, and this data directory belongs to the one that begins with event ${known.id}` : '';
  return new LogMismatch(
    `This is another event log: it begins with event ${found.id}${expected}. ${CLOSED} Set KEYLEDGER_DATA and KEYLEDGER_STORE to a directory and a log that belong together. If these do, all events were replaced. ${WARNING} After that, ${ACCEPT} accepts this log as the right one.`,
  );
}

/** What is wrong with a log of that size that does not hold the events of a checkpoint. */
export function lossOf(size: number, covered: number): string {
  return size < covered
    ? `it lacks at least ${countOf(covered - size, 'event')}`
    : 'some were changed, replaced, removed or inserted';
}

/** @param size of the checkpoint that does not hold, if that is how it was found */
export function changed(size?: number): LogMismatch {
  const what = size === undefined ? 'that this data directory knows' : `that a checkpoint of ${countOf(size, 'event')} covers`;
  return new LogMismatch(
    `The event log does not hold the events ${what}: some were changed, replaced, removed or inserted. ${CLOSED} ${SHOWS}. ${WARNING} After that, ${ACCEPT} continues with the log as it is.`,
  );
}
