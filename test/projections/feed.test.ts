import { randomUUID } from 'node:crypto';
import Database from 'better-sqlite3';
import { eventFeed, TokenExpired } from '../../src/graphql/event-feed.js';
import { Feed } from '../../src/projections/feed.js';
import { type HistoryFilter, HistoryProjection } from '../../src/projections/history.js';
import type { Page } from '../../src/projections/page.js';
import type { RecordedEvent } from '../../src/store/event-store.js';
import { at, deleted, START } from '../support/specification.js';

/** Events that follow on the position given, of two accounts in turn. */
function events(count: number, after = 0): RecordedEvent[] {
  return Array.from({ length: count }, (_, index) => {
    const position = after + index + 1;
    const account = position % 2 === 0 ? 'even' : 'odd';
    const metadata = { at: at(START + position), actor: 'owner', correlationId: 'none' };
    const place = { stream: `apiKeys-${account}`, version: Math.ceil(position / 2), position };
    return { ...place, id: randomUUID(), schemaVersion: 1, metadata, ...deleted('a') };
  });
}

/** It notes from where pages were asked for. */
class WatchedHistory extends HistoryProjection {
  readonly asked: (number | undefined)[] = [];

  override page(filter: HistoryFilter, page: Page) {
    this.asked.push(page.after);
    return super.page(filter, page);
  }
}

function openFeed(past: number) {
  const history = new WatchedHistory(new Database(':memory:'));
  const feed = new Feed(history);
  history.apply(events(past));
  const append = (count: number) => {
    history.apply(events(count, history.head().position));
    feed.note();
  };
  return { feed, append, asked: history.asked };
}

async function positions(feed: AsyncIterator<{ position: number } | TokenExpired>, count: number): Promise<number[]> {
  const seen: number[] = [];
  while (seen.length < count) {
    const { value } = await feed.next();
    seen.push(value.position);
  }
  return seen;
}

const numbers = (from: number, to: number) => Array.from({ length: to - from + 1 }, (_, index) => from + index);
const forever = new AbortController().signal;

it('gives each event once and in order, whatever comes between two looks at it', async () => {
  const { feed, append } = openFeed(250);
  const items = feed.events({}, 0, forever);
  expect(await positions(items, 100)).toEqual(numbers(1, 100));
  append(30);
  expect(await positions(items, 180)).toEqual(numbers(101, 280));
  const next = positions(items, 1);
  append(1);
  expect(await next).toEqual([281]);
  append(1);
  append(1);
  expect(await positions(items, 2)).toEqual([282, 283]);
});

it('reads no further than its reader does', async () => {
  const { feed, asked } = openFeed(10_000);
  const items = feed.events({}, 0, forever);
  await positions(items, 150);
  expect(asked).toEqual([0, 100]);
});

it('looks no second time at what did not match', async () => {
  const { feed, append, asked } = openFeed(1000);
  const items = feed.events({ actor: 'nobody' }, 0, forever);
  void items.next();
  for (let round = 0; round < 3; round += 1) {
    await new Promise(setImmediate);
    append(10);
  }
  await new Promise(setImmediate);
  expect(asked).toEqual([0, 1000, 1010, 1020]);
});

it('leaves nothing behind when its reader goes while it waits', async () => {
  const { feed } = openFeed(1);
  const items = eventFeed({ feed, filter: {}, after: 0, validFor: 60_000 });
  await items.next();
  const waiting = items.next();
  expect(await items.return?.()).toEqual({ done: true, value: undefined });
  expect((await waiting).value).toBeInstanceOf(TokenExpired);
  expect(await items.next()).toEqual({ done: true, value: undefined });
});

it('gives nothing more once its token is over, however much there is', async () => {
  const { feed } = openFeed(5000);
  const items = eventFeed({ feed, filter: {}, after: 0, validFor: 0 });
  await items.next();
  await new Promise((resolve) => setTimeout(resolve, 5));
  expect((await items.next()).value).toBeInstanceOf(TokenExpired);
  expect(await items.next()).toEqual({ done: true, value: undefined });
});
