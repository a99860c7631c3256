import type { EventStore } from '../../store/event-store.js';
import { type FirstEvent, firstEvent } from './position.js';

/** Knows whether the store holds the log that the tables belong to. */
export interface Recognition {
  /** The event with which the log begins, as of the last check. */
  readonly first: FirstEvent | undefined;
  /**
   * Checks now.
   * @throws LogMismatch, StoreUnavailable
   */
  confirm(): Promise<void>;
  /**
   * Repeats the result of the last check.
   * @throws LogMismatch if that was its result
   */
  requireSame(): void;
  /** Call it when the connection to the store was lost: another store may come back. */
  doubt(): void;
}

/** Accepts any log. */
export class AnyLog implements Recognition {
  readonly #store: EventStore;
  first: FirstEvent | undefined;

  constructor(store: EventStore) {
    this.#store = store;
  }

  async confirm(): Promise<void> {
    this.first = await firstEvent(this.#store);
  }

  requireSame(): void {}

  doubt(): void {}
}
