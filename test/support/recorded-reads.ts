import type { PastRead } from '../../src/domain/audit/history-read.js';
import { decodeRead } from '../../src/store/codec.js';
import type { EventStore, RecordedEvent } from '../../src/store/event-store.js';
import { readsStreamOf } from '../../src/store/streams.js';
import { collect } from './events.js';

/** The stored events of that reader's reads, of all days. */
export async function readEventsOf(store: EventStore, actor: string): Promise<RecordedEvent[]> {
  const events = await collect(store.readAll('apiKeyReads'));
  return events.filter(({ stream, metadata }) => stream === readsStreamOf(String(metadata.at), actor));
}

export async function readsOf(store: EventStore, actor: string): Promise<PastRead[]> {
  return (await readEventsOf(store, actor)).map(decodeRead);
}
