import { z } from 'zod';
import type { HistoryRead, PastRead, PastReadsRemoved, ReadsRemoved } from '../domain/audit/history-read.js';
import type { KeyEvent, PastKeyEvent } from '../domain/keys/model.js';
import { UnreadableStream } from '../domain/keys/refusals.js';
import { inCanonicalOrder, NotJson } from '../domain/transparency/canonical-json.js';
import { canonicalLeaf, type Leaf } from '../domain/transparency/leaf.js';
import type { OriginOpened, PastOrigin } from '../domain/transparency/log-origin.js';
import { hashLeafText } from '../domain/transparency/merkle-tree.js';
import type { PastUsage, UsageEvent } from '../domain/usage/key-usage.js';
import { newEventId } from '../shared/event-id.js';
import { type EVENT_SCHEMAS, historyRead, keyEvent, originOpened, readsRemoved, sha256, usageEvent } from './event-schemas.js';
import { type Category, type Metadata, type NewEvent, type RecordedEvent, timeOf } from './event-store.js';
import { ReadEvent } from './read-event.js';
import { accountOf } from './streams.js';
import { upcast } from './upcasters.js';

type DomainEvent = KeyEvent | HistoryRead | ReadsRemoved | UsageEvent | OriginOpened;
type StoredEvent = z.output<(typeof EVENT_SCHEMAS)[Category][number]>;

/** True if both types have the same members. To be assignable is not enough: it ignores optional members that one of them lacks. */
type Same<A, B> = [A] extends [B]
  ? (<T>() => T extends A ? 1 : 2) extends <T>() => T extends B ? 1 : 2
    ? true
    : false
  : false;

type DataOf<Event extends { type: string; data: object }, Type> = Extract<Event, { type: Type }>['data'];

/** A number if the schema of that event type and the domain's type have the same members. */
type VersionOf<Type> =
  Same<DataOf<StoredEvent, Type>, DataOf<DomainEvent, Type>> extends true
    ? number
    : 'its schema and its type in the domain differ';

/** The schema version of each event type that this program writes. Compiles only while the schemas are what the domain's types say. */
export const SCHEMA_VERSIONS = {
  KeyCreated: 1,
  KeyDeleted: 2,
  KeyExpirySet: 1,
  KeyRenamed: 1,
  KeyDisabled: 1,
  KeyEnabled: 1,
  AccountFrozen: 1,
  AccountThawed: 1,
  HistoryRead: 1,
  ReadsRemoved: 1,
  KeysUsed: 1,
  CreatesRefused: 1,
  UsageClosed: 1,
  UsageTotalled: 1,
  OriginOpened: 1,
} as const satisfies { [Type in DomainEvent['type']]: VersionOf<Type> };

const NEWEST: ReadonlyMap<string, number> = new Map(Object.entries(SCHEMA_VERSIONS));

/** The store holds an event that this program cannot read. */
export class UnreadableEvent extends UnreadableStream {
  constructor(event: string, reason: string, options?: ErrorOptions) {
    super(
      `${event} cannot be read: ${reason}. It was written by a newer Keyledger, which can read it, or it was changed: then restore it.`,
      options,
    );
  }
}

type PastEvent = PastKeyEvent | PastRead | PastReadsRemoved | PastUsage | Omit<PastOrigin, 'id'>;

/**
 * Encodes an event for the store, at the newest schema version of its type, with all members in canonical order (RFC 8785). The id is a
 * UUID; a new one by default.
 * @throws NotJson
 */
export function encode(
  event: PastEvent,
  correlationId: string,
  id = newEventId(Date.parse(event.at)),
): NewEvent & { metadata: Metadata } {
  const { type, data, at, actor } = event;
  const schemaVersion = isPlainDeletion(event) ? 1 : SCHEMA_VERSIONS[type];
  return { id, type, schemaVersion, data: inCanonicalOrder(data), metadata: { actor, at, correlationId } };
}

/** True if schema version 1 can say it. It is written as such, so that a Keyledger from before version 2 reads it too. */
function isPlainDeletion({ type, data }: PastEvent): boolean {
  return type === 'KeyDeleted' && data.note === undefined && data.reason !== 'REVOKED';
}

/**
 * Decodes and validates an event for the domain, from any schema version.
 * @throws UnreadableEvent
 */
export function decode(recorded: RecordedEvent): PastKeyEvent {
  const { metadata, ...event } = parseEvent(recorded, keyEvent);
  // Node 20 takes ten times as long to spread the event into a new one.
  return Object.assign(event, { version: recorded.version, at: metadata.at, actor: metadata.actor });
}

/**
 * Like `decode`, but an event that a store gave is decoded once: several projections may be given the same one.
 * @throws UnreadableEvent
 */
export function decodeOnce(recorded: RecordedEvent): PastKeyEvent {
  return recorded instanceof ReadEvent ? recorded.decodedBy(decode) : decode(recorded);
}

const createdKey = z.looseObject({ keyId: z.string().catch(''), secretHash: sha256 });

/** The id and secret hash of the key that the event created. Works even if the rest of the event, including its id, cannot be read. */
export function createdKeyIn({ data }: RecordedEvent): { keyId: string; secretHash: string } | undefined {
  return createdKey.safeParse(data).data;
}

/**
 * Like `decode`, for access records.
 * @throws UnreadableEvent
 */
export function decodeRead(recorded: RecordedEvent): PastRead {
  const { metadata, ...event } = parseEvent(recorded, historyRead);
  return Object.assign(event, { at: metadata.at, actor: metadata.actor });
}

/**
 * Like `decode`, for the category of reads, including removals.
 * @throws UnreadableEvent
 */
export function decodeReadOrRemoval(recorded: RecordedEvent): PastRead | PastReadsRemoved {
  if (recorded.type !== 'ReadsRemoved') return decodeRead(recorded);
  const { metadata, ...event } = parseEvent(recorded, readsRemoved);
  return Object.assign(event, { at: metadata.at, actor: metadata.actor });
}

/**
 * Like `decode`, for the category of usage.
 * @throws UnreadableEvent
 */
export function decodeUsage(recorded: RecordedEvent): PastUsage {
  const { metadata, ...event } = parseEvent(recorded, usageEvent);
  return Object.assign(event, { at: metadata.at, actor: metadata.actor });
}

/**
 * Like `decode`, for the category of the log's own events.
 * @throws UnreadableEvent
 */
export function decodeOrigin(recorded: RecordedEvent): PastOrigin {
  const { metadata, ...event } = parseEvent(recorded, originOpened);
  return Object.assign(event, { id: recorded.id, at: metadata.at, actor: metadata.actor });
}

function parseEvent<T>(recorded: RecordedEvent, schema: z.ZodType<T>): T {
  const { type, schemaVersion } = recorded;
  const label = () => labelOf(recorded);
  requireUndamaged(recorded);
  const newest = NEWEST.get(type);
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

/** @throws UnreadableEvent if the event is damaged */
export function requireUndamaged(event: RecordedEvent): void {
  if (event.damage) throw new UnreadableEvent(labelOf(event), event.damage.reason);
}

/** When an event happened (milliseconds since 1970), its actor and its correlation. */
interface Provenance {
  at: number | undefined;
  actor: string;
  correlationId: string;
}

/**
 * The event's leaf for the transparency log: as stored, before any upcasting.
 * @throws UnreadableEvent if the event is damaged
 */
export function leafOf(event: RecordedEvent): Leaf {
  const { stream, version, type, schemaVersion, id, data, metadata } = event;
  requireUndamaged(event);
  return { account: accountOf(stream), version, type, schemaVersion, id, data, metadata };
}

/**
 * The text of the event's leaf, whose bytes are its UTF-8.
 * @throws UnreadableEvent if the event is damaged or has no canonical form
 */
export function leafTextOf(event: RecordedEvent): string {
  const leaf = leafOf(event);
  try {
    return canonicalLeaf(leaf);
  } catch (cause) {
    if (!(cause instanceof NotJson)) throw cause;
    throw new UnreadableEvent(labelOf(event), 'it has no canonical form (RFC 8785)', { cause });
  }
}

/**
 * The hash of the event's leaf, which the Merkle tree is made of.
 * @throws UnreadableEvent as `leafTextOf` does
 */
export function leafHashOf(event: RecordedEvent): Buffer {
  return hashLeafText(leafTextOf(event));
}

/**
 * Reads an event's metadata, even if other parts of the event are damaged. For missing values, texts are empty and the time is undefined.
 */
export function provenanceOf({ metadata }: Pick<RecordedEvent, 'metadata'>): Provenance {
  const time = timeOf({ metadata });
  const [actor, correlationId] = [textOf(metadata.actor), textOf(metadata.correlationId)];
  return { at: Number.isNaN(time) ? undefined : time, actor, correlationId };
}

function textOf(value: unknown): string {
  return typeof value === 'string' ? value : '';
}

function labelOf({ stream, version, type, schemaVersion }: Omit<RecordedEvent, 'damage'>): string {
  return `Version ${version} of stream ${stream} (${type}, schema version ${schemaVersion})`;
}
