import { type LogOrigin, originOf, type PastOrigin } from '../../domain/transparency/log-origin.js';
import { decodeOrigin, streamOf } from '../../store/codec.js';
import type { EventStore } from '../../store/event-store.js';

/** The stream that says under which names the log was continued after events were lost. */
export const ORIGINS_STREAM = streamOf('apiKeyLog', 'origins');

/**
 * What that stream holds, the earliest first. It is in the log, so that every process on every machine signs under one name.
 * @throws UnreadableEvent
 */
export async function openedOrigins(store: EventStore): Promise<PastOrigin[]> {
  const opened: PastOrigin[] = [];
  for await (const page of store.read(ORIGINS_STREAM)) opened.push(...page.map(decodeOrigin));
  return opened;
}

/** The name under which the log that begins with that event is signed now. */
export async function currentOrigin(store: EventStore, firstEventId: string): Promise<LogOrigin> {
  return originOf(firstEventId, await openedOrigins(store));
}
