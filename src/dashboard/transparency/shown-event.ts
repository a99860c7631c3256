import { isObject, isReadablePart } from './is-object.js';

/** The displayed parts of an event: exactly the parts of its leaf in the transparency log. */
export interface ShownEvent {
  account: string;
  version: number;
  type: string;
  schemaVersion: number;
  id: string;
  data: Readonly<Record<string, unknown>>;
  metadata: Readonly<Record<string, unknown>> & { at: string; actor: string };
}

/** Parses the canonical text of an event; undefined if it is not an event that can be shown. */
export function readEvent(canonical: string): ShownEvent | undefined {
  const value: unknown = JSON.parse(canonical);
  return isEvent(value) ? value : undefined;
}

function isEvent(value: unknown): value is ShownEvent {
  if (!isObject(value) || !isReadablePart(value.data) || !isReadablePart(value.metadata)) return false;
  const texts = [value.account, value.type, value.id, value.metadata.at, value.metadata.actor];
  return texts.every((text) => typeof text === 'string') && [value.version, value.schemaVersion].every(Number.isSafeInteger);
}
