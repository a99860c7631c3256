import { z } from 'zod';
import type { HistoryRead, PastRead, PastReadsRemoved, ReadsRemoved } from '../domain/audit/history-read.js';
import type { KeyEvent, PastKeyEvent, Timestamp } from '../domain/keys/model.js';
import { UnreadableStream } from '../domain/keys/refusals.js';
import { NotJson } from '../domain/transparency/canonical-json.js';
import { type Leaf, leafBytes } from '../domain/transparency/leaf.js';
import type { OriginOpened, PastOrigin } from '../domain/transparency/log-origin.js';
import type { PastUsage, UsageEvent } from '../domain/usage/key-usage.js';
import { newEventId } from '../shared/event-id.js';
import { historyRead, keyEvent, originOpened, readsRemoved, sha256, usageEvent } from './event-schemas.js';
import type { Category, Metadata, NewEvent, RecordedEvent } from './event-store.js';
import { upcast } from './upcasters.js';

/** The schema version of each event type that this program writes. */
export const SCHEMA_VERSIONS = {
  KeyCreated: 1,
  KeyDeleted: 1,
  KeyExpirySet: 1,
  HistoryRead: 1,
  ReadsRemoved: 1,
  KeysUsed: 1,
  CreatesRefused: 1,
  UsageClosed: 1,
  UsageTotalled: 1,
  OriginOpened: 1,
} as const satisfies Record<(KeyEvent | HistoryRead | ReadsRemoved | UsageEvent | OriginOpened)['type'], number>;

/** The store holds an event that this program cannot read. */
export class UnreadableEvent extends UnreadableStream {
  constructor(event: string, reason: string, options?: ErrorOptions) {
    super(`${event} cannot be read: ${reason}. Was it written by a newer Keyledger, or changed by hand?`, options);
  }
}

/** The stream for an account's or a reader's events of a category. */
export function streamOf(category: Category, name: string): string {
  return `${category}-${name}`;
}

/** The stream for a reader's reads on the day of that time. A day's streams are removed as a whole. */
export function readsStreamOf(at: Timestamp, reader: string): string {
  return streamOf('apiKeyReads', `${at.slice(0, 10)}-${reader}`);
}

/** The permanent stream that records which reads were removed. */
export const REMOVED_READS_STREAM = streamOf('apiKeyReads', 'removed');

/** The stream with the usage totals of all days. */
export const TOTALS_STREAM = streamOf('apiKeyUsage', 'totals');

/** The stream for one writer's counts of a day, such as `2026-11-23`. A process may be several writers. */
export function countsStreamOf(day: string, writer: string): string {
  return streamOf('apiKeyUsage', `${day}-${writer}`);
}

/** The writer that a stream of counts belongs to. */
export function writerOf(stream: string): string {
  return stream.slice(stream.lastIndexOf('-') + 1);
}

/** The account that a stream belongs to. */
export function accountOf(stream: string): string {
  return stream.slice(stream.indexOf('-') + 1);
}

/** Encodes an event for the store, at the schema version that this program writes. The id is a UUID; a new one by default. */
export function encode(
  { type, data, at, actor }: PastKeyEvent | PastRead | PastReadsRemoved | PastUsage | Omit<PastOrigin, 'id'>,
  correlationId: string,
  id = newEventId(Date.parse(at)),
): NewEvent {
  return { id, type, schemaVersion: SCHEMA_VERSIONS[type], data, metadata: { at, actor, correlationId } };
}

/**
 * Decodes and validates an event for the domain, from any schema version.
 * @throws UnreadableEvent
 */
export function decode(recorded: RecordedEvent): PastKeyEvent {
  const { metadata, ...event } = parseEvent(recorded, keyEvent);
  return { ...event, version: recorded.version, at: metadata.at, actor: metadata.actor };
}

const createdKey = z.looseObject({ keyId: z.string().catch(''), secretHash: sha256 });

/** The id and secret hash of the key that the event created. Works even if the rest of the event, including its id, cannot be read. */
export function createdKeyIn({ data }: RecordedEvent): { keyId: string; secretHash: string } | undefined {
  return createdKey.safeParse(data).data;
}

/**
 * Like `decode`, for records of reads.
 * @throws UnreadableEvent
 */
export function decodeRead(recorded: RecordedEvent): PastRead {
  const { metadata, ...event } = parseEvent(recorded, historyRead);
  return { ...event, at: metadata.at, actor: metadata.actor };
}

/**
 * Like `decode`, for the category of reads, including removals.
 * @throws UnreadableEvent
 */
export function decodeReadOrRemoval(recorded: RecordedEvent): PastRead | PastReadsRemoved {
  if (recorded.type !== 'ReadsRemoved') return decodeRead(recorded);
  const { metadata, ...event } = parseEvent(recorded, readsRemoved);
  return { ...event, at: metadata.at, actor: metadata.actor };
}

/**
 * Like `decode`, for the category of usage.
 * @throws UnreadableEvent
 */
export function decodeUsage(recorded: RecordedEvent): PastUsage {
  const { metadata, ...event } = parseEvent(recorded, usageEvent);
  return { ...event, at: metadata.at, actor: metadata.actor };
}

/**
 * Like `decode`, for the category of the log's own events.
 * @throws UnreadableEvent
 */
export function decodeOrigin(recorded: RecordedEvent): PastOrigin {
  const { metadata, ...event } = parseEvent(recorded, originOpened);
  return { ...event, id: recorded.id, at: metadata.at, actor: metadata.actor };
}

function parseEvent<T>(recorded: RecordedEvent, schema: z.ZodType<T>): T {
  const { type, schemaVersion } = recorded;
  const label = () => labelOf(recorded);
  if (recorded.damage) throw new UnreadableEvent(label(), recorded.damage.reason);
  const newest = (SCHEMA_VERSIONS as Record<string, number>)[type];
  const known = newest !== undefined && Number.isInteger(schemaVersion) && schemaVersion >= 1 && schemaVersion <= newest;
  if (!known) throw new UnreadableEvent(label(), 'its type or schema version is unknown');
  const parsed = schema.safeParse({ type, data: upcasted(recorded, newest, label), metadata: recorded.metadata });
  if (!parsed.success) throw new UnreadableEvent(label(), z.prettifyError(parsed.error));
  return parsed.data;
}

function upcasted(recorded: RecordedEvent, newest: number, label: () => string): object {
  try {
    return upcast(recorded, newest);
  } catch (cause) {
    throw new UnreadableEvent(label(), 'its data does not fit its schema version', { cause });
  }
}

/** When an event happened (milliseconds since 1970), its actor and its correlation. */
interface Origin {
  at: number | undefined;
  actor: string;
  correlationId: string;
}

/** Stands for metadata that cannot be read. */
const NO_METADATA: Metadata = { at: '', actor: '', correlationId: '' };

/**
 * The event's leaf for the transparency log: as stored, before any upcasting.
 * @throws UnreadableEvent if the event is damaged
 */
export function leafOf({ damage, ...event }: RecordedEvent): Leaf {
  if (damage) throw new UnreadableEvent(labelOf(event), damage.reason);
  return { ...event, account: accountOf(event.stream) };
}

/**
 * The bytes of the event's leaf.
 * @throws UnreadableEvent if the event is damaged or has no canonical form
 */
export function leafBytesOf(event: RecordedEvent): Buffer {
  const leaf = leafOf(event);
  try {
    return leafBytes(leaf);
  } catch (cause) {
    if (!(cause instanceof NotJson)) throw cause;
    throw new UnreadableEvent(labelOf(event), 'it has no canonical form (RFC 8785)', { cause });
  }
}

/**
 * Reads an event's metadata, even if other parts of the event are damaged. For missing values, texts are empty and the time is undefined.
 */
export function originOf({ metadata }: Pick<RecordedEvent, 'metadata'>): Origin {
  const [at, actor, correlationId] = ['at', 'actor', 'correlationId'].map((name) => {
    const value: unknown = Reflect.get(metadata, name);
    return typeof value === 'string' ? value : '';
  });
  const time = Date.parse(at ?? '');
  return { at: Number.isNaN(time) ? undefined : time, actor: actor ?? '', correlationId: correlationId ?? '' };
}

function labelOf({ stream, version, type, schemaVersion }: Omit<RecordedEvent, 'damage'>): string {
  return `Version ${version} of stream ${stream} (${type}, schema version ${schemaVersion})`;
}

/** Parses JSON from a store. Does not validate it; `decode` does. */
export function parseStored<T extends object = object>(json: string): T {
  return JSON.parse(json) as T;
}

interface JsonText {
  data: string;
  metadata: string;
}

/** Parses an event whose data and metadata are stored as text. If they are malformed, it sets `damage`. */
export function fromText(row: Omit<RecordedEvent, keyof JsonText> & JsonText): RecordedEvent {
  const [data, metadata] = [objectIn(row.data), objectIn<Metadata>(row.metadata)];
  const reason = damageOf(row.schemaVersion, data, metadata);
  if (data && metadata && reason === undefined) return { ...row, data, metadata };
  const damage = { reason: reason ?? '', data: row.data, metadata: row.metadata };
  return { ...row, data: data ?? {}, metadata: metadata ?? NO_METADATA, damage };
}

/** Why the values cannot be an event of ours of any type; undefined if they can. */
function damageOf(schemaVersion: number, data: unknown, metadata: unknown): string | undefined {
  if (!isObject(data)) return 'its data is not a JSON object';
  if (!isObject(metadata)) return 'its metadata is not a JSON object';
  return schemaVersion >= 1 ? undefined : 'it has no schema version';
}

function objectIn<T extends object>(json: string): T | undefined {
  try {
    const value: unknown = JSON.parse(json);
    return isObject(value) ? (value as T) : undefined;
  } catch {
    return undefined;
  }
}

function isObject(value: unknown): value is object {
  return typeof value === 'object' && value !== null && !Array.isArray(value) && !ArrayBuffer.isView(value);
}

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
  const { streamId, revision: index, position, id, type, data, metadata } = stored.parse(event);
  const { schemaVersion, ...rest } = withSchemaVersion.safeParse(metadata).data ?? { schemaVersion: 0, ...NO_METADATA };
  const reason = damageOf(schemaVersion, data, metadata);
  return {
    stream: streamId,
    version: Number(index) + 1,
    position: Number(position.commit),
    id,
    type,
    schemaVersion,
    data: isObject(data) ? data : {},
    metadata: rest as unknown as Metadata,
    ...(reason !== undefined && { damage: { reason, data: textOf(data), metadata: textOf(metadata) } }),
  };
}

/** The stored value as text. Bytes become hexadecimal digits, which are not JSON. */
function textOf(value: unknown): string {
  if (value instanceof Uint8Array) return `bytes ${Buffer.from(value).toString('hex')}`;
  return typeof value === 'string' ? value : (JSON.stringify(value) ?? '');
}
