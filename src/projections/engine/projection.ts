import type { Pseudonyms } from '../../domain/analytics/pseudonyms.js';
import type { Category, RecordedEvent } from '../../store/event-store.js';
import type { Quarantine } from './quarantine.js';

/** An event that could not be read, and why. */
export interface Unread {
  event: RecordedEvent;
  reason: string;
}

/** A read model: tables of its own, filled from the events of one category. */
export interface Projection {
  /** Its tables' name, with a number: a new shape is a new name, filled from zero beside the old one. */
  readonly name: string;
  readonly category: Category;
  /** Whether an operator may remove old events from the log: it is the same log as long as the last that was taken in is there. */
  readonly mayLoseOldEvents?: boolean;
  /** With what it disguises who is who, where its file shall not tell: filled with anything else, it is rebuilt. */
  readonly pseudonyms?: Pseudonyms;
  /**
   * The accounts that it sets apart because it cannot read their streams on. Without it every event stands for itself, and one that
   * cannot be read is left out for good.
   */
  readonly quarantine?: Quarantine;
  /** Whether it must be filled from event zero once a quarantine is over: what was missing belongs between what it holds. */
  readonly startsOver?: boolean;
  /**
   * Takes the next events in, within a transaction of the caller's. Nothing of it stays where the transaction fails, here or in the file.
   * @returns the events that it could not read; for each account in quarantine, only the first one
   */
  apply(events: RecordedEvent[]): Unread[];
  /**
   * Takes further events of an account in quarantine in, within a transaction of the caller's: those that adjoin what it holds.
   * @returns whether the quarantine is over
   * @throws UnreadableStream where they cannot be read; then the transaction must fail
   */
  mend?(account: string, events: RecordedEvent[]): boolean;
  /** Empties the tables, within a transaction of the caller's. */
  clear(): void;
}
