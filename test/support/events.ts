import { randomUUID } from 'node:crypto';
import type { EventStore, NewEvent, RecordedEvent } from '../../src/store/event-store.js';

/** A valid event, which says only which one it is. */
export function newEvent(actor = 'tester'): NewEvent {
  return {
    id: randomUUID(),
    type: 'KeyDeleted',
    revision: 1,
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

/** The position of the last event that the category holds. */
export async function head(store: EventStore): Promise<number> {
  return (await collect(store.readAll('apiKeys'))).at(-1)?.position ?? 0;
}
