import { type AllStreamSubscription, type EventStoreDBClient, START, streamNameFilter } from '@eventstore/db-client';
import { NoAnswer } from '../../shared/with-timeout.js';
import { BatchSize, sizeOfEvent } from '../batch.js';
import { type Category, OldFormat, type RecordedEvent } from '../event-store.js';
import { fromEventStoreDb, isOfFormat1 } from './eventstoredb-codec.js';

/** The maximum number of events in a page. */
export const PAGE = 500;

/** How many events the client buffers in addition, whatever their size. */
const BUFFERED = 64;

/** After this many windows of 32 events, the server reports how far it has looked. */
const CHECKPOINT_INTERVAL = 32;

/** The result of waiting on a subscription: events, the note that it has caught up, or silence for as long as the caller waited. */
export type News = RecordedEvent[] | 'caught up' | 'silence';

/**
 * A subscription to categories, read page by page: a slow reader slows the server down instead of filling our memory. It never resumes.
 * After its first error it is dead; start another one at `position`.
 */
export class CategorySubscription {
  /** The position up to which all events were taken, as of the last answer of `next`. */
  position: number;
  readonly #subscription: AllStreamSubscription;
  readonly #onStored: (id: string, created: Date) => void;
  #taken = 0;
  #lookedTo = 0;
  #caughtUpAt: number | undefined;
  #failure: Error | undefined;
  #wake: () => void = () => {};

  /** @param onStored called for each event that is taken, with the time at which the server says it stored it */
  constructor(
    client: EventStoreDBClient,
    categories: readonly Category[],
    after: number,
    onStored: (id: string, created: Date) => void = () => {},
  ) {
    this.position = after;
    this.#onStored = onStored;
    const filter = streamNameFilter({
      prefixes: categories.map((category) => `${category}-`),
      checkpointInterval: CHECKPOINT_INTERVAL,
      checkpointReached: (_, { commit }) => {
        this.#lookedTo = Number(commit);
        this.#wake();
      },
    });
    const fromPosition = after === 0 ? START : { commit: BigInt(after), prepare: BigInt(after) };
    this.#subscription = client.subscribeToAll({ fromPosition, filter, requiresLeader: true }, { highWaterMark: BUFFERED });
    this.#subscription
      .on('readable', () => this.#wake())
      .on('end', () => this.#fail(new Error('The subscription ended.')))
      .on('error', (error) => this.#fail(error))
      .on('caughtUp', () => {
        this.#caughtUpAt = this.#taken + this.#subscription.readableLength;
        this.#wake();
      });
  }

  /**
   * Waits for news, for at most `patience` milliseconds.
   * @throws the subscription's error, after everything before it was taken
   */
  async next(patience: number): Promise<News> {
    for (const end = performance.now() + patience; ; ) {
      const page = this.#take();
      if (page.length > 0) return page;
      this.position = Math.max(this.position, this.#lookedTo);
      if (this.#caughtUpAt !== undefined && this.#taken >= this.#caughtUpAt) {
        this.#caughtUpAt = undefined;
        return 'caught up';
      }
      if (this.#failure) throw this.#failure;
      if (!(await this.#change(end - performance.now()))) return 'silence';
    }
  }

  /** Ends the subscription and any wait for its news. */
  close(): void {
    this.#fail(new Error('The subscription was closed.'));
    this.#subscription.unsubscribe().catch(() => {});
  }

  #take(): RecordedEvent[] {
    const page: RecordedEvent[] = [];
    for (const size = new BatchSize(PAGE); !size.isFull; ) {
      const resolved = this.#subscription.read();
      if (resolved === null) break;
      const isFirst = this.#taken === 0 && this.position === 0;
      this.#taken += 1;
      if (isFirst && isOfFormat1(resolved.event)) throw new OldFormat('EventStoreDB');
      const event = fromEventStoreDb(resolved.event);
      this.position = event.position;
      if (!isOfServer(event)) {
        page.push(event);
        size.add(sizeOfEvent(event));
      }
      if (resolved.event) this.#onStored(resolved.event.id, resolved.event.created);
    }
    return page;
  }

  #fail(error: Error): void {
    this.#failure ??= error;
    this.#wake();
  }

  #change(patience: number): Promise<boolean> {
    return new Promise((resolve) => {
      const timer = setTimeout(() => resolve(false), patience);
      this.#wake = () => {
        clearTimeout(timer);
        resolve(true);
      };
    });
  }
}

/**
 * Yields what the subscription delivers until it has caught up. A server that only looks through other events does not count as silent.
 * @param limit the longest silence, in milliseconds
 * @throws NoAnswer after a longer one, and the subscription's error
 */
export async function* toPresent(subscription: CategorySubscription, limit: number): AsyncGenerator<RecordedEvent[]> {
  for (;;) {
    const before = subscription.position;
    const news = await subscription.next(limit);
    if (news === 'caught up') return;
    if (news === 'silence' && subscription.position === before) throw new NoAnswer(limit);
    if (typeof news !== 'string') yield news;
  }
}

/**
 * True if the server itself wrote the event, as it does when a stream is deleted for good. Such an event does not say what the stream
 * held.
 */
function isOfServer({ type }: RecordedEvent): boolean {
  return type.startsWith('$');
}

/** True if a healthy server has dropped a subscriber that was slow for a moment. */
export function isDropped(error: unknown): boolean {
  return typeof error === 'object' && error !== null && Reflect.get(error, 'type') === 'timeout';
}
