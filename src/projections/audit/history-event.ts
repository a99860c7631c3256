import type { PastKeyEvent } from '../../domain/keys/model.js';
import { UnreadableStream } from '../../domain/keys/refusals.js';
import { decode, leafTextOf, provenanceOf } from '../../store/codec.js';
import type { RecordedEvent } from '../../store/event-store.js';
import { fromText } from '../../store/stored-json.js';
import { accountOf } from '../../store/streams.js';

/** An event as it lies in the table. */
export type HistoryRow = Parameters<typeof fromText>[0] & { at: number };

/** An event as stored, with its account and key. */
export interface HistoryEvent extends RecordedEvent {
  account: string;
  /** When it happened, in milliseconds since 1970. If the event has no time, that of the event before it. */
  at: number;
  /** Empty if the event has none. */
  actor: string;
  correlationId: string;
  keyId: string | null;
}

export function toHistoryEvent({ at, ...row }: HistoryRow): HistoryEvent {
  const event = fromText(row);
  const { actor, correlationId } = provenanceOf(event);
  return { ...event, account: accountOf(event.stream), keyId: keyIdOf(event), at, actor, correlationId };
}

/** The id of the key that the event is about; null if it names none. */
export function keyIdOf({ data }: RecordedEvent): string | null {
  return 'keyId' in data && typeof data.keyId === 'string' ? data.keyId : null;
}

/** The event as the domain knows it, or why this version cannot read it. */
export function readingOf(event: RecordedEvent): PastKeyEvent | UnreadableStream {
  return orFault(() => decode(event));
}

/** The event's text in the transparency log; undefined if it has none. */
export function canonicalOf(event: RecordedEvent): string | undefined {
  const text = orFault(() => leafTextOf(event));
  return typeof text === 'string' ? text : undefined;
}

function orFault<T>(read: () => T): T | UnreadableStream {
  try {
    return read();
  } catch (error) {
    if (error instanceof UnreadableStream) return error;
    throw error;
  }
}
