import { BatchSize, sizeOfEvent } from '../batch.js';
import type { RecordedEvent } from '../event-store.js';

/** How many events may wait for one follower. */
const LAG = 5000;

/** The note that there were no further events at a moment after that instant (by `performance.now()`). */
export interface Proof {
  begun: number;
}

/** Yields new events until the signal aborts. */
export type Live = (signal: AbortSignal) => AsyncIterable<RecordedEvent[] | Proof>;

/** One live feed for several followers. It ends when its source ends or fails, or when its last follower has left. */
export class SharedFeed {
  readonly #stop = new AbortController();
  readonly #members = new Set<FeedMember>();
  readonly #onEnd: () => void;

  /** @param onEnd called, perhaps twice, when nobody can join any more */
  constructor(live: Live, onEnd: () => void) {
    this.#onEnd = onEnd;
    this.#deliver(live(this.#stop.signal)).then(
      () => this.#end(undefined),
      (error: unknown) => this.#end(error),
    );
  }

  /** From now on, the member receives every event. */
  join(): FeedMember {
    const member = new FeedMember((leaving) => this.#leave(leaving));
    this.#members.add(member);
    return member;
  }

  async #deliver(news: ReturnType<Live>): Promise<void> {
    for await (const each of news) {
      for (const member of this.#members) {
        if ('begun' in each) member.prove(each);
        else member.receive(each);
      }
    }
  }

  #leave(member: FeedMember): void {
    if (!this.#members.delete(member) || this.#members.size > 0) return;
    this.#onEnd();
    this.#stop.abort();
  }

  #end(error: unknown): void {
    this.#onEnd();
    for (const member of this.#members) member.end(error);
  }
}

/** A follower of a shared feed. It takes its events at its own pace, unless too many of them wait. */
export class FeedMember {
  readonly #onLeave: (member: FeedMember) => void;
  readonly #pages: RecordedEvent[][] = [];
  #waiting = new BatchSize(LAG);
  #lags = false;
  #ended: { error: unknown } | undefined;
  /** Since when it waits for news; undefined while it does not. */
  #waitsSince: number | undefined;
  #isProven = false;
  #wake: () => void = () => {};

  constructor(onLeave: (member: FeedMember) => void) {
    this.#onLeave = onLeave;
  }

  /** True if too many events waited. They were dropped, and the follower has to read them from the store. */
  get lags(): boolean {
    return this.#lags;
  }

  receive(page: RecordedEvent[]): void {
    this.#pages.push(page);
    for (const event of page) this.#waiting.add(sizeOfEvent(event));
    if (this.#waiting.isFull) {
      this.#lags = true;
      this.leave();
    }
    this.#wake();
  }

  /** Only counts if the follower was waiting before: it wants to know of a moment after it asked. */
  prove({ begun }: Proof): void {
    this.#isProven = this.#waitsSince !== undefined && this.#waitsSince <= begun;
    if (this.#isProven) this.#wake();
  }

  end(error: unknown): void {
    this.#ended = { error };
    this.#wake();
  }

  leave(): void {
    this.#onLeave(this);
  }

  /**
   * Yields its events after that position, and an empty page when there were no further ones. Ends if the signal aborts, if it lags, or
   * with the feed.
   * @throws the feed's error
   */
  async *pagesAfter(after: number, signal: AbortSignal): AsyncGenerator<RecordedEvent[]> {
    while (!signal.aborted && !this.#lags) {
      const page = this.#pages.shift()?.filter(({ position }) => position > after);
      if (this.#pages.length === 0) this.#waiting = new BatchSize(LAG);
      if (page && page.length > 0) yield page;
      else if (page) continue;
      else if (this.#ended?.error !== undefined) throw this.#ended.error;
      else if (this.#ended) return;
      else if (await this.#proven(signal)) yield [];
    }
  }

  /** Waits for news. Resolves to true if there is a proof that there are none. */
  async #proven(signal: AbortSignal): Promise<boolean> {
    this.#isProven = false;
    this.#waitsSince = performance.now();
    await new Promise<void>((resolve) => {
      this.#wake = () => {
        signal.removeEventListener('abort', this.#wake);
        resolve();
      };
      signal.addEventListener('abort', this.#wake);
    });
    this.#waitsSince = undefined;
    return this.#isProven && this.#pages.length === 0;
  }
}
