import { randomUUID } from 'node:crypto';
import { setTimeout as delay } from 'node:timers/promises';
import {
  type EventStore,
  type NewEvent,
  OutcomeUnknown,
  type RecordedEvent,
  StoreUnavailable,
} from '../../src/store/event-store.js';

/** A valid event that is distinguished only by its actor and id. */
export function newEvent(actor = 'tester'): NewEvent {
  return {
    id: randomUUID(),
    type: 'KeyDeleted',
    schemaVersion: 1,
    data: { keyId: 'key_0000000000000000000000', reason: 'REQUESTED' },
    metadata: { at: '2026-01-01T00:00:00.000Z', actor, correlationId: 'test' },
  };
}

export function newEvents(count: number): NewEvent[] {
  return Array.from({ length: count }, (_, index) => newEvent(`tester-${index}`));
}

export function idsOf(events: Pick<NewEvent, 'id'>[]): string[] {
  return events.map(({ id }) => id);
}

/** All events of all pages. */
export async function collect(pages: AsyncIterable<RecordedEvent[]>): Promise<RecordedEvent[]> {
  const events: RecordedEvent[] = [];
  for await (const page of pages) events.push(...page);
  return events;
}

/** The events that a follower receives until it has that many. */
export async function followed(store: EventStore, position: number, count: number): Promise<RecordedEvent[]> {
  const events: RecordedEvent[] = [];
  const stop = new AbortController();
  for await (const page of store.follow('apiKeys', position, stop.signal)) {
    events.push(...page.events);
    if (events.length >= count) stop.abort();
  }
  return events;
}

/** The position of the last event of the category. */
export async function head(store: EventStore): Promise<number> {
  return (await collect(store.readAll('apiKeys'))).at(-1)?.position ?? 0;
}

/** Asks again until the store answers: one that has just been started, on a busy machine, may take longer than a call may. */
export async function untilAnswered<T>(ask: () => Promise<T>): Promise<T> {
  for (;;) {
    try {
      return await ask();
    } catch (error) {
      if (!(error instanceof OutcomeUnknown || error instanceof StoreUnavailable)) throw error;
      await delay(20);
    }
  }
}

/** Appends as a command does: if the store does not answer, again with the same ids at the same version. */
export function appendUntilKnown(store: EventStore, stream: string, version: number, events: NewEvent[]): Promise<number> {
  return untilAnswered(() => store.append(stream, version, events));
}

/** Follows as the runner does, until it has seen that many events of the streams. After an error it continues from the last position. */
export async function followUntil(
  store: EventStore,
  after: number,
  count: number,
  onPage = (_: RecordedEvent[]) => {},
): Promise<RecordedEvent[]> {
  const stop = new AbortController();
  const seen: RecordedEvent[] = [];
  let position = after;
  while (seen.length < count) {
    try {
      for await (const { events } of store.follow('apiKeys', position, stop.signal)) {
        seen.push(...events);
        position = events.at(-1)?.position ?? position;
        onPage(events);
        if (seen.length >= count) stop.abort();
      }
    } catch (error) {
      if (!(error instanceof StoreUnavailable)) throw error;
      await delay(50);
    }
  }
  return seen;
}
