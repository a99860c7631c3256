import { eventAt } from '../projections/engine/position.js';
import { requireUndamaged } from '../store/codec.js';
import { type EventStore, OutcomeUnknown, type RecordedEvent } from '../store/event-store.js';
import { patiently } from './patiently.js';

/**
 * Appends events that have their places already, and retries while the store does not answer. EventStoreDB may leave an append without an
 * answer while another process appends the same events: then they are there.
 * @throws UnreadableEvent before a damaged event is appended: it would become another one
 * @throws VersionConflict, Error if the store still does not answer
 */
export async function appendPatiently(store: EventStore, run: readonly [RecordedEvent, ...RecordedEvent[]]): Promise<void> {
  for (const event of run) requireUndamaged(event);
  const [{ stream, version }] = run;
  await patiently(async () => {
    try {
      await store.append(stream, version - 1, [...run]);
    } catch (error) {
      if (!(error instanceof OutcomeUnknown && (await holds(store, run)))) throw error;
    }
  });
}

/** True if the log holds these events. @throws StoreUnavailable */
async function holds(store: EventStore, run: readonly RecordedEvent[]): Promise<boolean> {
  const last = run.at(-1);
  return last !== undefined && (await eventAt(store, last.stream, last.version))?.id === last.id;
}
