import type { FollowedPage } from '../../../src/store/event-store.js';
import { CategoryFeeds } from '../../../src/store/eventstoredb/category-feeds.js';

/** A reader that is at the end of an empty log, and counts its live feeds. Like the real one, it ends early when the signal aborts. */
function openReader(whileReading = () => {}) {
  const count = { live: 0 };
  return {
    count,
    async *proven(_category: string, _after: number, signal?: AbortSignal): AsyncGenerator<FollowedPage> {
      whileReading();
      if (!signal?.aborted) yield { events: [], provenAt: 0 };
    },
    async *live(_category: string, _after: number, _provenAt: number, signal: AbortSignal): AsyncGenerator<FollowedPage> {
      count.live += 1;
      await new Promise((resolve) => signal.addEventListener('abort', resolve));
      yield* [];
    },
  };
}

it('has one live feed for all followers of a category, for as long as there are any', async () => {
  const reader = openReader();
  const feeds = new CategoryFeeds(reader);
  const stop = new AbortController();
  const followers = [1, 2].map(() => feeds.follow('apiKeys', 0, stop.signal));
  for (const follower of followers) expect(await follower.next()).toMatchObject({ done: false, value: { events: [] } });
  expect(reader.count.live).toBe(1);
  const ends = followers.map((follower) => follower.next());
  stop.abort();
  for (const end of ends) expect(await end).toMatchObject({ done: true });
});

it('does not say that there is nothing further, and begins no feed, when the signal aborts while it reads', async () => {
  const stop = new AbortController();
  const reader = openReader(() => stop.abort());
  const follower = new CategoryFeeds(reader).follow('apiKeys', 0, stop.signal);
  expect(await follower.next()).toMatchObject({ done: true });
  expect(reader.count.live).toBe(0);
});
