import type { Metadata, RecordedEvent } from './event-store.js';

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
  const [data, metadata] = [objectIn(row.data), objectIn<Metadata>(row.metadata)];
  const reason = damageOf(row.schemaVersion, data, metadata);
  if (data && metadata && reason === undefined) return { ...row, data, metadata };
  const damage = { reason: reason ?? '', data: row.data, metadata: row.metadata };
  return { ...row, data: data ?? {}, metadata: metadata ?? NO_METADATA, damage };
}

/** Why the values cannot be an event of ours of any type; undefined if they can. */
export function damageOf(schemaVersion: number, data: unknown, metadata: unknown): string | undefined {
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

export function isObject(value: unknown): value is object {
  return typeof value === 'object' && value !== null && !Array.isArray(value) && !ArrayBuffer.isView(value);
}
