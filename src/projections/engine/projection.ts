import type { Pseudonyms } from '../../domain/analytics/pseudonyms.js';
import type { Category, RecordedEvent } from '../../store/event-store.js';
import type { Quarantine } from './quarantine.js';

/** An event that could not be read, and the reason. */
export interface Unread {
  event: RecordedEvent;
  reason: string;
}

/** A read model: its own tables, filled from the events of one category. */
export interface Projection {
  /** The tables' name, with a number. A new shape gets a new name and is filled from zero beside the old one. */
  readonly name: string;
  readonly category: Category;
  /** True if an operator may remove old events from the log. Then the log is recognised by the last applied event alone. */
  readonly mayLoseOldEvents?: boolean;
  /** The pseudonyms for names, if its file must not reveal them. If it was filled with another key, it is rebuilt. */
  readonly pseudonyms?: Pseudonyms;
  /**
   * The accounts that it sets apart because it cannot read on in their streams. Without a quarantine, events are independent of each
   * other, and one that cannot be read is left out for good.
   */
  readonly quarantine?: Quarantine;
  /** True if it must be filled from event zero after a quarantine, because the missing events belong between those it holds. */
  readonly startsOver?: boolean;
  /**
   * Applies the next events, within the caller's transaction. If the transaction fails, nothing of them stays, in memory or in the file.
   * @returns the events that it could not read; only the first one for each account in quarantine
   */
  apply(events: RecordedEvent[]): Unread[];
  /**
   * Applies further events of an account in quarantine, within the caller's transaction. They must adjoin those that it holds.
   * @returns true if the quarantine is over; if it starts over, once it is filled anew
   * @throws UnreadableStream if they cannot be read; the transaction must then fail
   */
  mend?(account: string, events: RecordedEvent[]): boolean;
  /** Empties the tables, within the caller's transaction. */
  clear(): void;
}
