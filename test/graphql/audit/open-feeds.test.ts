import { setTimeout as delay } from 'node:timers/promises';
import { FEED_LIMITS, OpenFeeds, TooManyFeeds } from '../../../src/graphql/audit/open-feeds.js';
import type { Client } from '../../support/client.js';
import { follow, take } from '../../support/feed.js';
import { openFilledWorld } from '../../support/world.js';

const viewer = (subject: string) => ({ subject, account: 'account' });

it('counts the feeds of each viewer, and those that ended no more', () => {
  const feeds = new OpenFeeds({ perViewer: 2, total: 100 });
  const ends = [feeds.open(viewer('alice')), feeds.open(viewer('alice'))];
  expect(() => feeds.open(viewer('alice'))).toThrow(TooManyFeeds);
  expect(() => feeds.open({ subject: 'alice', account: 'other' })).not.toThrow();
  feeds.open(viewer('bob'));
  ends[0]?.();
  ends[0]?.();
  feeds.open(viewer('alice'));
  expect(() => feeds.open(viewer('alice'))).toThrow(TooManyFeeds);
});

it('counts the feeds of all viewers, and does not count one that is refused', () => {
  const feeds = new OpenFeeds({ perViewer: 2, total: 3 });
  const [end] = ['a', 'b', 'c'].map((subject) => feeds.open(viewer(subject)));
  for (let times = 0; times < 5; times += 1) expect(() => feeds.open(viewer('d'))).toThrow('Try again later');
  end?.();
  feeds.open(viewer('d'));
});

/** Opens the feed and waits for its first event, so that the server has counted it. */
async function opened(client: Client) {
  const feed = follow(client);
  await take(feed, 1);
  return feed;
}

it('are refused beyond the limit with a code, and are open again when one of them has ended', async () => {
  const world = await openFilledWorld();
  const client = await world.client({});
  await client.newKey();
  const feeds = await Promise.all(Array.from({ length: FEED_LIMITS.perViewer }, () => opened(client)));
  const refused = follow(client);
  expect((await refused.next()).value?.errors?.[0]?.extensions?.code).toBe('TOO_MANY_FEEDS');
  expect((await refused.next()).done).toBe(true);
  const other = await world.client({ account: client.account, subject: 'another' });
  await (await opened(other)).return(undefined);
  await feeds[0]?.return(undefined);
  while ((await follow(client).next()).value?.errors) await delay(25);
});
