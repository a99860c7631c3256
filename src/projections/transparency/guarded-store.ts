import type { Category, EventStore, FollowedPage, NewEvent, RecordedEvent } from '../../store/event-store.js';
import type { LogGuard } from './log-guard.js';

/** A store that takes events only while it is known to hold the log that this data directory belongs to. */
export class GuardedEventStore implements EventStore {
  readonly #store: EventStore;
  readonly #guard: Pick<LogGuard, 'requireTrusted'>;

  constructor(store: EventStore, guard: Pick<LogGuard, 'requireTrusted'>) {
    this.#store = store;
    this.#guard = guard;
  }

  get kind(): string {
    return this.#store.kind;
  }

  read(stream: string, after?: number, signal?: AbortSignal): AsyncIterable<RecordedEvent[]> {
    return this.#store.read(stream, after, signal);
  }

  readAll(category: Category, after?: number): AsyncIterable<RecordedEvent[]> {
    return this.#store.readAll(category, after);
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

  /** @throws NotCaughtUp as well, if that is not known yet */
  async append(stream: string, version: number, events: NewEvent[], signal?: AbortSignal): Promise<number> {
    await this.#guard.requireTrusted(signal);
    return this.#store.append(stream, version, events, signal);
  }

  /** @throws LogMismatch, NotCaughtUp as well */
  async prune(stream: string, signal?: AbortSignal): Promise<void> {
    await this.#guard.requireTrusted(signal);
    await this.#store.prune(stream, signal);
  }

  close(): Promise<void> {
    return this.#store.close();
  }

  /** It writes, so the store must be the right one. */
  async #requireLeader(signal: AbortSignal | undefined): Promise<void> {
    await this.#guard.requireTrusted(signal);
    await this.#store.requireLeader?.(signal);
  }
}
