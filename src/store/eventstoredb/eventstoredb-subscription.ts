import {
  type AllStreamSubscription,
  type EventStoreDBClient,
  START,
  streamNameFilter,
  type TimeoutError,
} from '@eventstore/db-client';
import { BatchSize, sizeOfEvent } from '../batch.js';
import { fromEventStoreDb, isOfFormat1 } from '../codec.js';
import { type Category, OldFormat, type RecordedEvent } from '../event-store.js';

/** How many events a page holds at the most. */
const PAGE = 500;

/** How many events the client holds beside it, however large they are. */
const BUFFERED = 64;

/** After how many of its windows of 32 events the server says how far it has looked. */
const CHECKPOINT_INTERVAL = 32;

/** What a subscription has to tell: events, that it has given all there is, or nothing for as long as the caller waited. */
export type News = RecordedEvent[] | 'caught up' | 'silence';

/**
 * One subscription to categories, read page by page, so that a slow reader holds the server up and does not fill our memory.
 * It never resumes: after its first error it is dead, and another one starts at `position`.
 */
export class CategorySubscription {
  /** Up to where everything was taken, as of the last answer of `next`. */
  position: number;
  readonly #subscription: AllStreamSubscription;
  readonly #onStored: (id: string, created: Date) => void;
  #taken = 0;
  #lookedTo = 0;
  #caughtUpAt: number | undefined;
  #failure: Error | undefined;
  #wake: () => void = () => {};

  /** @param onStored told of each event that is taken, and when the server says that it stored it */
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
   * Waits for news, at most `patience` milliseconds.
   * @throws the subscription's error, once everything that came before it was taken
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

  /** Ends the subscription, and a wait for its news. */
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

/** Whether the server wrote the event itself, as it does where a stream is deleted for good. It says nothing of what was there. */
function isOfServer({ type }: RecordedEvent): boolean {
  return type.startsWith('$');
}

/** Whether a healthy server has dropped a subscriber that was slow for a moment. */
export function isDropped(error: unknown): boolean {
  return (error as Partial<TimeoutError>).type === 'timeout';
}
