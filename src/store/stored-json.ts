import { isTooDeep, MAX_DEPTH } from '../shared/nesting.js';
import type { Metadata, NewEvent, RecordedEvent } from './event-store.js';
import { ReadEvent } from './read-event.js';

/** Stands for metadata that cannot be read. */
export const NO_METADATA: Metadata = { at: '', actor: '', correlationId: '' };

/** Parses JSON from a store. Does not validate it; `decode` does. */
export function parseStored<T extends object = object>(json: string): T {
  return JSON.parse(json) as T;
}

interface JsonText {
  data: string;
  metadata: string;
}

/** An event of which the store may have given more than its parts. */
export type StoredEvent = NewEvent & Pick<RecordedEvent, 'damage'>;

/** Parses an event whose data and metadata are stored as text. If they are malformed or nested too deeply, it sets `damage`. */
export function fromText(row: Omit<RecordedEvent, keyof JsonText> & JsonText): RecordedEvent {
  return new ParsedEvent(row);
}

/** The event's data and metadata as they are stored, as far as the store tells; otherwise as they would be stored. */
export function storedText(event: StoredEvent): JsonText {
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
    const reason = damageOf(schemaVersion, data, metadata) ?? (isLong(text) ? depthFault(data, metadata) : undefined);
    super({
      stream,
      version,
      position,
      id,
      type,
      schemaVersion,
      data: readablePart(data ?? {}, reason),
      metadata: readablePart(metadata ?? NO_METADATA, reason),
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

/** Why values from JSON cannot be written as JSON again; undefined if they can. */
export function depthFault(data: unknown, metadata: unknown): string | undefined {
  if (isTooDeep(data)) return `its data is nested more than ${MAX_DEPTH} levels deep`;
  return isTooDeep(metadata) ? `its metadata is nested more than ${MAX_DEPTH} levels deep` : undefined;
}

/** True if the text is long enough to be nested too deeply, which takes two characters for each level. */
function isLong({ data, metadata }: JsonText): boolean {
  return Math.max(data.length, metadata.length) > 2 * MAX_DEPTH;
}

/** The members of a part of an event that is damaged for that reason, without those that are nested too deeply. */
export function readablePart(part: object, reason: string | undefined): object {
  if (reason === undefined) return part;
  return Object.fromEntries(Object.entries(part).filter(([, member]) => !isTooDeep(member, MAX_DEPTH - 1)));
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
