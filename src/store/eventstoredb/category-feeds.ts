import type { Category, FollowedPage } from '../event-store.js';
import type { CategoryReader } from './category-reader.js';
import { type FeedMember, SharedFeed } from './shared-feed.js';

/** The live feeds of a process: one for each category, however many followers it has. */
export class CategoryFeeds {
  readonly #reader: Pick<CategoryReader, 'proven' | 'live'>;
  readonly #feeds = new Map<Category, SharedFeed>();

  constructor(reader: Pick<CategoryReader, 'proven' | 'live'>) {
    this.#reader = reader;
  }

  /**
   * Yields the events after that position, then each new one, until the signal aborts or the feed ends. A follower that starts or lags
   * reads by itself until it has reached the others.
   */
  async *follow(category: Category, after: number, signal: AbortSignal): AsyncGenerator<FollowedPage> {
    for (let from = after; !signal.aborted; ) {
      // Joined before reading, so that it misses nothing in between.
      let member = this.#feeds.get(category)?.join();
      try {
        let provenAt: number | undefined;
        for await (const page of this.#reader.proven(category, from, signal)) {
          from = page.events.at(-1)?.position ?? from;
          if (page.provenAt === undefined) yield page;
          else provenAt = page.provenAt;
        }
        if (signal.aborted) return;
        // The client was replaced meanwhile.
        if (provenAt === undefined) continue;
        member ??= this.#begin(category, from, provenAt);
        if (!member) continue;
        yield { events: [], provenAt };
        for await (const page of member.pagesAfter(from, signal)) {
          from = page.events.at(-1)?.position ?? from;
          yield page;
        }
        if (!member.lags) return;
      } finally {
        member?.leave();
      }
    }
  }

  /** Undefined if another follower has begun a feed meanwhile, perhaps at a position that this one has not reached. */
  #begin(category: Category, after: number, provenAt: number): FeedMember | undefined {
    if (this.#feeds.has(category)) return undefined;
    const feed = new SharedFeed(
      (signal) => this.#reader.live(category, after, provenAt, signal),
      () => {
        if (this.#feeds.get(category) === feed) this.#feeds.delete(category);
      },
    );
    this.#feeds.set(category, feed);
    return feed.join();
  }
}
