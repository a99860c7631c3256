import { isUtf8 } from 'node:buffer';
import { z } from 'zod';
import type { PastKeyEvent } from '../../domain/keys/model.js';
import type { ExportedEvent } from '../../domain/transparency/exported-event.js';
import type { Extension } from '../../domain/transparency/verify-extension.js';
import { isTooDeep, MAX_DEPTH } from '../../shared/nesting.js';
import { decode, leafHashOf, leafOf } from '../../store/codec.js';
import type { RecordedEvent } from '../../store/event-store.js';
import { streamOf } from '../../store/streams.js';
import { plainLines } from '../output/lines.js';

/** The last line of an export. */
export interface LastLine {
  /** A signed note for the exported tree; if the export is filtered, for the tree of the whole log. */
  checkpoint: string | null;
  /** Why there is none. */
  reason?: string | undefined;
  complete?: false | undefined;
  /** Only in a filtered export: how its tree extends those of checkpoints that were kept. */
  extends?: Extension[] | undefined;
}

/** The line is not in the form of an export. */
export class MalformedLine extends Error {}

const TOO_DEEP = `should be nested at most ${MAX_DEPTH} levels deep`;
const count = z.int().nonnegative();
const anyObject = z.looseObject({});
const metadata = z.looseObject({
  at: z.string(),
  actor: z.string(),
  correlationId: z.string(),
  causationId: z.string().optional(),
});

/** `data` and `metadata` are kept by reference, since the leaf is made of everything in them. */
const eventLine = z.strictObject({
  position: count,
  account: z.string(),
  version: count,
  type: z.string(),
  schemaVersion: count,
  id: z.string(),
  data: z
    .custom<object>((value) => anyObject.safeParse(value).success, 'data should be an object')
    .refine((value) => !isTooDeep(value), TOO_DEEP),
  metadata: z
    .custom<object>((value) => metadata.safeParse(value).success, 'metadata should hold at, actor, correlationId')
    .refine((value) => !isTooDeep(value), TOO_DEEP),
  leaf: z.string(),
  leafIndex: count,
  proof: z.array(z.string()).optional(),
});

const lastLine = z.strictObject({
  checkpoint: z.string().nullable(),
  reason: z.string().optional(),
  complete: z.literal(false).optional(),
  extends: z.array(z.strictObject({ size: count, path: z.array(z.string()) })).optional(),
});

/**
 * The event with its leaf at that index.
 * @throws UnreadableEvent if it has no leaf
 */
export function exportedEvent(event: RecordedEvent, leafIndex: number): { line: ExportedEvent; leafHash: Buffer } {
  const { account, ...leaf } = leafOf(event);
  const leafHash = leafHashOf(event);
  const { position, metadata } = event;
  return { line: { ...leaf, account, position, metadata, leaf: leafHash.toString('base64'), leafIndex }, leafHash };
}

/** Formats an event's line, which has exactly one form. It ends in a newline. */
export function formatEvent(event: ExportedEvent): string {
  const { position, account, version, type, schemaVersion, id, data, metadata, leaf, leafIndex, proof } = event;
  const members = { position, account, version, type, schemaVersion, id, data, metadata, leaf, leafIndex, proof };
  return `${JSON.stringify(members)}\n`;
}

/** Formats the last line. It ends in a newline. */
export function formatLast({ checkpoint, reason, complete, extends: extended }: LastLine): string {
  const extensions = extended?.map(({ size, path }) => ({ size, path }));
  return `${JSON.stringify({ checkpoint, reason, complete, extends: extensions })}\n`;
}

/**
 * Parses a line with its newline: an event's, or the last one.
 * @throws MalformedLine if it is not byte for byte what an export writes
 */
export function parseLine(bytes: Buffer): ExportedEvent | LastLine {
  const text = textOf(bytes);
  const value: unknown = jsonOf(text);
  const isLast = typeof value === 'object' && value !== null && 'checkpoint' in value;
  const parsed = isLast ? lastLine.safeParse(value) : eventLine.safeParse(value);
  if (!parsed.success) throw new MalformedLine(z.prettifyError(parsed.error).replaceAll('\n', ' '));
  const { data } = parsed;
  if (('checkpoint' in data ? formatLast(data) : formatEvent(data)) !== text) {
    throw new MalformedLine('the line is not written as an export writes it');
  }
  return data;
}

/** Finds the last line at the end of an export; undefined if the file ends in another line. */
export function lastLineIn(tail: Buffer): LastLine | undefined {
  try {
    const line = parseLine(plainLines()(tail.subarray(tail.lastIndexOf('\n', -2) + 1)));
    return 'checkpoint' in line ? line : undefined;
  } catch {
    return undefined;
  }
}

/**
 * Decodes the event for the domain.
 * @throws UnreadableEvent
 */
export function decodeLine({ account, ...event }: ExportedEvent): PastKeyEvent {
  return decode({ ...event, stream: streamOf('apiKeys', account) });
}

function textOf(bytes: Buffer): string {
  if (bytes.at(-1) !== 0x0a) throw new MalformedLine('the line is incomplete');
  if (!isUtf8(bytes)) throw new MalformedLine('the line is not UTF-8');
  return bytes.toString('utf8');
}

function jsonOf(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    throw new MalformedLine('the line is not JSON');
  }
}
