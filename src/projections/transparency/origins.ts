import { type LogOrigin, originOf, type PastOrigin } from '../../domain/transparency/log-origin.js';
import { decodeOrigin } from '../../store/codec.js';
import type { EventStore } from '../../store/event-store.js';
import { streamOf } from '../../store/streams.js';

/** The stream of the names under which the log was continued after events were lost. */
export const ORIGINS_STREAM = streamOf('apiKeyLog', 'origins');

/**
 * The events of that stream, the earliest first. They are in the log, so every process on every machine signs under the same name.
 * @throws UnreadableEvent
 */
export async function openedOrigins(store: EventStore): Promise<PastOrigin[]> {
  const opened: PastOrigin[] = [];
  for await (const page of store.read(ORIGINS_STREAM)) opened.push(...page.map(decodeOrigin));
  return opened;
}

/** The present name of the log that begins with that event. */
export async function currentOrigin(store: EventStore, firstEventId: string): Promise<LogOrigin> {
  return originOf(firstEventId, await openedOrigins(store));
}
