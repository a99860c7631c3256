import type { Metadata, RecordedEvent } from './event-store.js';
import { ReadEvent } from './read-event.js';

/** Stands for metadata that cannot be read. */
export const NO_METADATA: Metadata = { at: '', actor: '', correlationId: '' };

/** Parses JSON from a store. Does not validate it; `decode` does. */
export function parseStored<T extends object = object>(json: string): T {
  return JSON.parse(json) as T;
}

/** JSON allows this character and some before it between a name and its colon. */
const SPACE = 0x20;
const COLON = 0x3a;
const BACKSLASH = 0x5c;

interface JsonText {
  data: string;
  metadata: string;
}

/** Parses an event whose data and metadata are stored as text. If they are malformed, it sets `damage`. */
export function fromText(row: Omit<RecordedEvent, keyof JsonText> & JsonText): RecordedEvent {
  return new ParsedEvent(row);
}

/** The event's data and metadata as they are stored, as far as the store tells; otherwise as they would be stored. */
export function storedText(event: RecordedEvent): JsonText {
  if (event instanceof ParsedEvent) return event.stored();
  const { damage, data, metadata } = event;
  return damage ?? { data: JSON.stringify(data), metadata: JSON.stringify(metadata) };
}

/** An event together with its text. */
class ParsedEvent extends ReadEvent {
  readonly #text: JsonText;

  constructor(row: Parameters<typeof fromText>[0]) {
    const { stream, version, position, id, type, schemaVersion } = row;
    const text = { data: row.data, metadata: row.metadata };
    const [data, metadata] = [objectIn(text.data), objectIn(text.metadata)];
    const reason = damageOf(schemaVersion, data, metadata) ?? repetitionIn(text, data, metadata);
    super({
      stream,
      version,
      position,
      id,
      type,
      schemaVersion,
      data: data ?? {},
      metadata: metadata ?? NO_METADATA,
      damage: reason === undefined ? undefined : { reason, ...text },
    });
    this.#text = text;
  }

  stored(): JsonText {
    return this.#text;
  }
}

/** Why the values cannot be an event of ours of any type; undefined if they can. */
export function damageOf(schemaVersion: number, data: unknown, metadata: unknown): string | undefined {
  if (!isObject(data)) return 'its data is not a JSON object';
  if (!isObject(metadata)) return 'its metadata is not a JSON object';
  return schemaVersion >= 1 ? undefined : 'it has no schema version';
}

/**
 * Which text holds a member twice. Parsers differ in which of the two they take, SQLite's from that of JavaScript, so it has no single
 * meaning (RFC 8259, section 4), and no canonical form.
 */
function repetitionIn(text: JsonText, data: object | undefined, metadata: object | undefined): string | undefined {
  if (data && countNames(text.data) !== countMembers(data)) return 'its data holds a member twice';
  return metadata && countNames(text.metadata) !== countMembers(metadata) ? 'its metadata holds a member twice' : undefined;
}

/** How many members all objects in JSON text have, each as often as it comes. The search for quotation marks is faster than a loop. */
function countNames(json: string): number {
  let count = 0;
  for (let start = json.indexOf('"'); start !== -1; ) {
    const end = endOfString(json, start);
    let next = end + 1;
    while (json.charCodeAt(next) <= SPACE) next += 1;
    if (json.charCodeAt(next) === COLON) count += 1;
    start = json.indexOf('"', next);
  }
  return count;
}

/** The place of the quotation mark that ends the string. */
function endOfString(json: string, start: number): number {
  for (let end = json.indexOf('"', start + 1); ; end = json.indexOf('"', end + 1)) {
    let first = end;
    while (json.charCodeAt(first - 1) === BACKSLASH) first -= 1;
    if ((end - first) % 2 === 0) return end;
  }
}

/** How many members all objects in a value have. */
function countMembers(value: object): number {
  let count = 0;
  const open = [value];
  for (let one = open.pop(); one; one = open.pop()) {
    const members: unknown[] = Object.values(one);
    if (!Array.isArray(one)) count += members.length;
    for (const member of members) if (typeof member === 'object' && member !== null) open.push(member);
  }
  return count;
}

function objectIn(json: string): object | undefined {
  try {
    const value: unknown = JSON.parse(json);
    return isObject(value) ? value : undefined;
  } catch {
    return undefined;
  }
}

export function isObject(value: unknown): value is object {
  return typeof value === 'object' && value !== null && !Array.isArray(value) && !ArrayBuffer.isView(value);
}
