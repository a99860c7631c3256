import type { Category, EventStore, FollowedPage, NewEvent, RecordedEvent } from '../store/event-store.js';
import { type Observer, type Outcome, observed, outcomeOf } from './observer.js';

/** Reports every append and read of a store to an observer. `follow` is passed through, since it does not end. */
export class ObservedEventStore implements EventStore {
  readonly #store: EventStore;
  readonly #observer: Observer;

  constructor(store: EventStore, observer: Observer) {
    this.#store = store;
    this.#observer = observer;
  }

  get kind(): string {
    return this.#store.kind;
  }

  read(stream: string, after?: number, signal?: AbortSignal): AsyncIterable<RecordedEvent[]> {
    return this.#pages('read', this.#store.read(stream, after, signal));
  }

  readAll(category: Category, after?: number): AsyncIterable<RecordedEvent[]> {
    return this.#pages('readAll', this.#store.readAll(category, after));
  }

  follow(category: Category, after: number, signal: AbortSignal): AsyncIterable<FollowedPage> {
    return this.#store.follow(category, after, signal);
  }

  lookAgain(): void {
    this.#store.lookAgain?.();
  }

  get requireLeader(): EventStore['requireLeader'] {
    return this.#store.requireLeader && ((signal) => this.#requireLeader(signal));
  }

  append(stream: string, version: number, events: NewEvent[], signal?: AbortSignal): Promise<number> {
    return observed(this.#observer, 'append', () => this.#store.append(stream, version, events, signal));
  }

  prune(stream: string, signal?: AbortSignal): Promise<void> {
    return observed(this.#observer, 'prune', () => this.#store.prune(stream, signal));
  }

  close(): Promise<void> {
    return this.#store.close();
  }

  async #requireLeader(signal: AbortSignal | undefined): Promise<void> {
    await observed(this.#observer, 'requireLeader', async () => this.#store.requireLeader?.(signal));
  }

  /** A read lasts until its reader has all it wanted, however many pages that takes. */
  async *#pages(operation: string, pages: AsyncIterable<RecordedEvent[]>): AsyncGenerator<RecordedEvent[]> {
    const call = this.#observer(operation);
    let outcome: Outcome = 'ok';
    try {
      yield* pages;
    } catch (error) {
      outcome = outcomeOf(error);
      throw error;
    } finally {
      call.end(outcome);
    }
  }
}
