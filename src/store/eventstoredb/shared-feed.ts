import { BatchSize, sizeOfEvent } from '../batch.js';
import type { RecordedEvent } from '../event-store.js';

/** How many events may wait for one follower. */
const LAG = 5000;

/** How long a proof may wait for a follower, in milliseconds. What the follower holds may be older than it thinks by that. */
const LIFETIME = 1000;

/** The note that there were no further events at a moment after that instant (by `performance.now()`). */
export interface Proof {
  begun: number;
}

/** A proof that waits for a follower, with the instant of its arrival. */
interface Waiting extends Proof {
  ended: number;
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
  readonly #queue: (RecordedEvent[] | Waiting)[] = [];
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

  receive(page: RecordedEvent[]): void {
    this.#queue.push(page);
    for (const event of page) this.#size.add(sizeOfEvent(event));
    if (this.#size.isFull) {
      this.#lags = true;
      this.leave();
    }
    this.#wake();
  }

  /** A later proof proves more than the one before it, if no events lie between them. */
  prove({ begun }: Proof): void {
    const last = this.#queue.at(-1);
    if (last && 'begun' in last) this.#queue.pop();
    this.#queue.push({ begun, ended: performance.now() });
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
   * Yields its events after that position, and an empty page when there were no further ones. Ends if the signal aborts, if it lags, or
   * with the feed.
   * @throws the feed's error
   */
  async *pagesAfter(after: number, signal: AbortSignal): AsyncGenerator<RecordedEvent[]> {
    let asked = performance.now();
    for (let next = await this.#next(signal); next; next = await this.#next(signal)) {
      if ('begun' in next) {
        if (!isTold(next, asked)) continue;
        yield [];
        asked = performance.now();
      } else {
        const page = next.filter(({ position }) => position > after);
        if (page.length > 0) yield page;
      }
    }
  }

  /** Waits for the next page or proof. Undefined if there will be none. */
  async #next(signal: AbortSignal): Promise<RecordedEvent[] | Waiting | undefined> {
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

/**
 * True if a proof tells what the follower wants to know: that there was nothing further at a moment after it asked, and not long ago. It
 * asks as soon as it has taken an empty page.
 */
function isTold({ begun, ended }: Waiting, asked: number): boolean {
  return begun >= asked && performance.now() - ended <= LIFETIME;
}
