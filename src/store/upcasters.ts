import type { RecordedEvent } from './event-store.js';

type Upcast = (data: object) => object;

/**
 * What turns the data of one revision of a type into that of the next: `KeyCreated: { 1: (data) => … }` leads from 1 to 2.
 * Every type has had one revision so far.
 */
const UPCASTERS: Record<string, Record<number, Upcast>> = {};

/** The event's data in the revision `newest` of its type. */
export function upcast({ type, revision, data }: RecordedEvent, newest: number, upcasters = UPCASTERS): object {
  let upcasted = data;
  for (let from = revision; from < newest; from += 1) {
    const step = upcasters[type]?.[from];
    if (!step) throw new Error(`There is no upcaster from revision ${from} of ${type}.`);
    upcasted = step(upcasted);
  }
  return upcasted;
}
