import { z } from 'zod';
import { isTooDeep } from '../../shared/nesting.js';
import type { NewEvent, RecordedEvent } from '../event-store.js';
import { ReadEvent } from '../read-event.js';
import { damageOf, depthFault, isObject, NO_METADATA, readablePart } from '../stored-json.js';

/** The server's version. The EventStoreDB client knows it, but its public interface does not give it. */
export function parseServerVersion(capabilities: unknown): string {
  return z.object({ serverVersion: z.string() }).parse(capabilities).serverVersion;
}

const stored = z.object({
  streamId: z.string(),
  revision: z.bigint(),
  position: z.object({ commit: z.bigint() }),
  id: z.string(),
  type: z.string(),
  data: z.unknown(),
  metadata: z.unknown(),
  created: z.date().optional(),
});

const withSchemaVersion = z.looseObject({ schemaVersion: z.int().catch(0) });

/** What format 1 called `schemaVersion`. */
const ofFormat1 = z.object({ metadata: z.looseObject({ revision: z.int(), schemaVersion: z.undefined().optional() }) });

/** True if an event from EventStoreDB has log format 1. */
export function isOfFormat1(event: unknown): boolean {
  return ofFormat1.safeParse(event).success;
}

/** Converts an event for EventStoreDB. Its format has no field for our schema version, so the version goes into the metadata. */
export function toEventStoreDb({ id, type, schemaVersion, data, metadata }: NewEvent) {
  return { id, type, contentType: 'application/json' as const, data: { ...data }, metadata: { schemaVersion, ...metadata } };
}

/**
 * Converts an event from EventStoreDB; sets `damage` if it is none of ours. EventStoreDB counts revisions from 0, we count versions from
 * 1.
 */
export function fromEventStoreDb(event: unknown): RecordedEvent {
  const { streamId, revision: index, position, id, type, data, metadata, created } = stored.parse(event);
  const committedAt = created?.getTime();
  const { schemaVersion, ...rest } = withSchemaVersion.safeParse(metadata).data ?? { schemaVersion: 0, ...NO_METADATA };
  const reason = damageOf(schemaVersion, data, metadata) ?? depthFault(data, metadata);
  return new ReadEvent({
    stream: streamId,
    version: Number(index) + 1,
    position: Number(position.commit),
    // Some servers give no time, which the client takes for 1970.
    committedAt: committedAt || undefined,
    id,
    type,
    schemaVersion,
    data: readablePart(isObject(data) ? data : {}, reason),
    metadata: readablePart(rest, reason),
    damage: reason === undefined ? undefined : { reason, data: textOf(data), metadata: textOf(metadata) },
  });
}

/** The stored value as text. Bytes become hexadecimal digits, and what is nested too deeply becomes words: neither is JSON. */
function textOf(value: unknown): string {
  if (isTooDeep(value)) return 'nested too deeply';
  if (value instanceof Uint8Array) return `bytes ${Buffer.from(value).toString('hex')}`;
  return typeof value === 'string' ? value : (JSON.stringify(value) ?? '');
}
