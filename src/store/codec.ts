import { z } from 'zod';
import { newEventId } from '../domain/event-id.js';
import type { HistoryRead, PastRead } from '../domain/history-read.js';
import { IDENTIFIER } from '../domain/identifier.js';
import type { PastUsage, UsageEvent } from '../domain/key-usage.js';
import type { KeyEvent, PastKeyEvent } from '../domain/keys.js';
import { KEY_ID_PATTERN } from '../domain/secret.js';
import { type Category, type Metadata, type NewEvent, OldFormat, type RecordedEvent } from './event-store.js';
import { upcast } from './upcasters.js';

/** The schema version that this program writes of each type. */
export const SCHEMA_VERSIONS = {
  KeyCreated: 1,
  KeyDeleted: 1,
  KeyExpirySet: 1,
  HistoryRead: 1,
  KeysUsed: 1,
  CreatesRefused: 1,
} as const satisfies Record<(KeyEvent | HistoryRead | UsageEvent)['type'], number>;

const timestamp = z.string().regex(/^\d{4}-\d{2}-\d{2}T\d{2}:\d{2}:\d{2}\.\d{3}Z$/);
const keyId = z.string().regex(KEY_ID_PATTERN);
const sha256 = z.string().regex(/^[0-9a-f]{64}$/);

const metadata = z.strictObject({
  at: timestamp,
  actor: z.string(),
  correlationId: z.string(),
  causationId: z.string().optional(),
});

const keyEvent = z.discriminatedUnion('type', [
  z.object({
    type: z.literal('KeyCreated'),
    metadata,
    data: z
      .strictObject({
        keyId,
        name: z.string(),
        secretHash: sha256,
        hint: z.string(),
        scopes: z.array(z.string()),
        expiresAt: timestamp.optional(),
        lifetime: z.int().positive().optional(),
        idempotencyKey: z.string().optional(),
        inputHash: sha256.optional(),
        replaces: keyId.optional(),
      })
      .refine(
        ({ expiresAt, lifetime }) => (expiresAt === undefined) === (lifetime === undefined),
        'expiresAt and lifetime belong together',
      )
      .refine(
        ({ idempotencyKey, inputHash }) => (idempotencyKey === undefined) === (inputHash === undefined),
        'idempotencyKey and inputHash belong together',
      ),
  }),
  z.object({
    type: z.literal('KeyDeleted'),
    metadata,
    data: z.strictObject({
      keyId,
      reason: z.enum(['REQUESTED', 'ROTATED', 'EXPIRED', 'LEAKED']),
      replacedBy: keyId.optional(),
    }),
  }),
  z.object({
    type: z.literal('KeyExpirySet'),
    metadata,
    data: z.strictObject({ keyId, expiresAt: timestamp }),
  }),
]);

const asked = z.string().optional();

const historyRead = z.object({
  type: z.literal('HistoryRead'),
  metadata,
  data: z.strictObject({
    what: z.string(),
    filter: z.strictObject({ account: asked, keyId: asked, type: asked, actor: asked, from: asked, to: asked, at: asked }),
    times: z.int().positive(),
  }),
});

const times = z.int().positive();

const usageEvent = z.discriminatedUnion('type', [
  z.object({
    type: z.literal('KeysUsed'),
    metadata,
    data: z.strictObject({ uses: z.array(z.strictObject({ keyId, count: times, lastUsedAt: timestamp })) }),
  }),
  z.object({
    type: z.literal('CreatesRefused'),
    metadata,
    data: z.strictObject({
      refusals: z.array(z.strictObject({ account: z.string().regex(IDENTIFIER), count: times, lastRefusedAt: timestamp })),
    }),
  }),
]);

/** The store holds something that this program does not understand. */
export class UnreadableEvent extends Error {
  constructor(event: string, reason: string) {
    super(`${event} cannot be read: ${reason}. Was it written by a newer Keyledger, or changed by hand?`);
  }
}

/** The stream that holds the events of that category of one account, of one day, or of one reader. */
export function streamOf(category: Category, name: string): string {
  return `${category}-${name}`;
}

/** The account whose events the stream holds. */
export function accountOf(stream: string): string {
  return stream.slice(stream.indexOf('-') + 1);
}

/** An event as the store takes it, at the schema version that this program writes. The id is a UUID; a new one where none is given. */
export function encode(
  { type, data, at, actor }: PastKeyEvent | PastRead | PastUsage,
  correlationId: string,
  id = newEventId(Date.parse(at)),
): NewEvent {
  return { id, type, schemaVersion: SCHEMA_VERSIONS[type], data, metadata: { at, actor, correlationId } };
}

/**
 * An event as the domain knows it, whatever schema version it was stored in; here it is checked.
 * @throws UnreadableEvent
 */
export function decode(recorded: RecordedEvent): PastKeyEvent {
  const { metadata, ...event } = parseEvent(recorded, keyEvent);
  return { ...event, version: recorded.version, at: metadata.at, actor: metadata.actor };
}

const createdKey = z.looseObject({ keyId: z.string(), secretHash: sha256 });

/** The key that the event says was created, and its secret's hash, whatever else is in it and cannot be read. */
export function createdKeyIn({ data }: RecordedEvent): { keyId: string; secretHash: string } | undefined {
  return createdKey.safeParse(data).data;
}

/**
 * `decode` for the category of reads.
 * @throws UnreadableEvent
 */
export function decodeRead(recorded: RecordedEvent): PastRead {
  const { metadata, ...event } = parseEvent(recorded, historyRead);
  return { ...event, at: metadata.at, actor: metadata.actor };
}

/**
 * `decode` for the category of usage.
 * @throws UnreadableEvent
 */
export function decodeUsage(recorded: RecordedEvent): PastUsage {
  const { metadata, ...event } = parseEvent(recorded, usageEvent);
  return { ...event, at: metadata.at, actor: metadata.actor };
}

function parseEvent<T>(recorded: RecordedEvent, schema: z.ZodType<T>): T {
  const { stream, version, type, schemaVersion } = recorded;
  const label = () => `${eventAt(stream, version)} (${type}, schema version ${schemaVersion})`;
  const newest = (SCHEMA_VERSIONS as Record<string, number>)[type];
  const known = newest !== undefined && Number.isInteger(schemaVersion) && schemaVersion >= 1 && schemaVersion <= newest;
  if (!known) throw new UnreadableEvent(label(), 'its type or schema version is unknown');
  const parsed = schema.safeParse({ type, data: upcast(recorded, newest), metadata: recorded.metadata });
  if (!parsed.success) throw new UnreadableEvent(label(), z.prettifyError(parsed.error));
  return parsed.data;
}

function eventAt(stream: string, version: number): string {
  return `Version ${version} of stream ${stream}`;
}

/** Stored JSON as it comes from a store; `decode` checks what is in it. */
export function parseStored<T extends object = object>(json: string): T {
  return JSON.parse(json) as T;
}

interface JsonText {
  data: string;
  metadata: string;
}

/**
 * An event whose data and metadata are kept as text.
 * @throws UnreadableEvent
 */
export function fromText(row: Omit<RecordedEvent, keyof JsonText> & JsonText): RecordedEvent {
  try {
    return { ...row, data: parseStored(row.data), metadata: parseStored<Metadata>(row.metadata) };
  } catch (error) {
    throw new UnreadableEvent(eventAt(row.stream, row.version), (error as SyntaxError).message);
  }
}

/** The server's version, which the EventStoreDB client knows and has no public way to tell. */
export function parseServerVersion(capabilities: unknown): string {
  return z.object({ serverVersion: z.string() }).parse(capabilities).serverVersion;
}

const stored = z.object({
  streamId: z.string(),
  revision: z.bigint(),
  position: z.object({ commit: z.bigint() }),
  id: z.string(),
  type: z.string(),
  data: z.looseObject({}),
  metadata: z.looseObject({ schemaVersion: z.int() }),
});

/** What format 1 called `schemaVersion`. */
const ofFormat1 = z.object({ metadata: z.looseObject({ revision: z.int(), schemaVersion: z.undefined().optional() }) });

/** An event as EventStoreDB takes it; its own format has no place for our schema version but the metadata. */
export function toEventStoreDb({ id, type, schemaVersion, data, metadata }: NewEvent) {
  return { id, type, contentType: 'application/json' as const, data: { ...data }, metadata: { schemaVersion, ...metadata } };
}

/**
 * An event as EventStoreDB gives it. Its revisions count from 0, our versions from 1.
 * @throws UnreadableEvent, OldFormat
 */
export function fromEventStoreDb(event: unknown): RecordedEvent {
  const parsed = stored.safeParse(event);
  if (!parsed.success) {
    if (ofFormat1.safeParse(event).success) throw new OldFormat('EventStoreDB');
    throw new UnreadableEvent(labelOf(event), z.prettifyError(parsed.error));
  }
  const { streamId, revision: index, position, id, type, data, metadata } = parsed.data;
  const { schemaVersion, ...rest } = metadata;
  return {
    stream: streamId,
    version: Number(index) + 1,
    position: Number(position.commit),
    id,
    type,
    schemaVersion,
    data,
    metadata: rest as unknown as Metadata,
  };
}

function labelOf(event: unknown): string {
  const { success, data } = stored.pick({ streamId: true, revision: true }).safeParse(event);
  return success ? eventAt(data.streamId, Number(data.revision) + 1) : 'An event in EventStoreDB';
}
