import { BatchSize, sizeOfEvent } from '../batch.js';
import type { FollowedPage } from '../event-store.js';

/** How many events may wait for one follower. */
const LAG = 5000;

/** Yields new events until the signal aborts. */
export type Live = (signal: AbortSignal) => AsyncIterable<FollowedPage>;

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

  async #deliver(pages: ReturnType<Live>): Promise<void> {
    for await (const page of pages) {
      const sizes = page.events.map(sizeOfEvent);
      for (const member of this.#members) member.receive(page, sizes);
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
  readonly #queue: FollowedPage[] = [];
  #size = new BatchSize(LAG);
  #lags = false;
  #ended: { error: unknown } | undefined;
  #wake: () => void = () => {};

  constructor(onLeave: (member: FeedMember) => void) {
    this.#onLeave = onLeave;
  }

  /** True if too many events waited. They were dropped, and the follower has to read them from the store. */
  get lags(): boolean {
    return this.#lags;
  }

  /** @param sizes of the events, in bytes */
  receive({ events, provenAt }: FollowedPage, sizes: readonly number[]): void {
    // A proof also holds for the page before it, so that the proofs of an idle log do not pile up.
    const before = events.length === 0 ? this.#queue.pop() : undefined;
    this.#queue.push({ events: before?.events ?? events, provenAt });
    for (const size of sizes) this.#size.add(size);
    if (this.#size.isFull) {
      this.#lags = true;
      this.leave();
    }
    this.#wake();
  }

  end(error: unknown): void {
    this.#ended = { error };
    this.#wake();
  }

  leave(): void {
    this.#onLeave(this);
  }

  /**
   * Yields its events after that position, with the proofs that there were no further ones. Ends if the signal aborts, if it lags, or with
   * the feed.
   * @throws the feed's error
   */
  async *pagesAfter(after: number, signal: AbortSignal): AsyncGenerator<FollowedPage> {
    for (let page = await this.#next(signal); page; page = await this.#next(signal)) {
      const events = page.events.filter(({ position }) => position > after);
      if (events.length > 0 || page.provenAt !== undefined) yield { ...page, events };
    }
  }

  /** Waits for the next page. Undefined if there will be none. */
  async #next(signal: AbortSignal): Promise<FollowedPage | undefined> {
    while (!signal.aborted && !this.#lags) {
      const next = this.#queue.shift();
      if (this.#queue.length === 0) this.#size = new BatchSize(LAG);
      if (next) return next;
      if (this.#ended?.error !== undefined) throw this.#ended.error;
      if (this.#ended) return undefined;
      await this.#news(signal);
    }
    return undefined;
  }

  #news(signal: AbortSignal): Promise<void> {
    return new Promise((resolve) => {
      this.#wake = () => {
        signal.removeEventListener('abort', this.#wake);
        resolve();
      };
      signal.addEventListener('abort', this.#wake);
    });
  }
}
