import type { Pseudonyms } from '../domain/pseudonyms.js';
import type { Category, RecordedEvent } from '../store/event-store.js';

/** A read model: tables of its own, filled from the events of one category. */
export interface Projection {
  /** Its tables' name, with a number: a new shape is a new name, filled from zero beside the old one. */
  readonly name: string;
  readonly category: Category;
  /** Whether an operator may remove old events from the log: it is the same log as long as the last that was taken in is there. */
  readonly mayLoseOldEvents?: boolean;
  /** With what it disguises who is who, where its file shall not tell: filled with anything else, it is rebuilt. */
  readonly pseudonyms?: Pseudonyms;
  /** Takes the next events in, within a transaction of the caller's. */
  apply(events: RecordedEvent[]): void;
  /** Empties the tables, within a transaction of the caller's. */
  clear(): void;
}
