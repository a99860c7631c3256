import type { RecordedEvent } from './event-store.js';

type Upcast = (data: object) => object;

/**
 * Converts the data of a type from one schema version to the next: `KeyCreated: { 1: (data) => … }` leads from 1 to 2. `KeyDeleted` 2 adds a
 * reason and a note, and changes nothing of what there was.
 */
const UPCASTERS: Record<string, Record<number, Upcast>> = { KeyDeleted: { 1: (data) => data } };

/**
 * Converts the event's data to the schema version `newest` of its type.
 * @throws Error if a step on the way is missing
 */
export function upcast({ type, schemaVersion, data }: RecordedEvent, newest: number, upcasters = UPCASTERS): object {
  let upcasted = data;
  for (let from = schemaVersion; from < newest; from += 1) {
    const step = upcasters[type]?.[from];
    if (!step) throw new Error(`There is no upcaster from schema version ${from} of ${type}.`);
    upcasted = step(upcasted);
  }
  return upcasted;
}
