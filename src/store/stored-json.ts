import type { Metadata, RecordedEvent } from './event-store.js';
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
    const reason = damageOf(schemaVersion, data, metadata);
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
