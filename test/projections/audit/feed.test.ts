import { randomUUID } from 'node:crypto';
import { eventFeed, TokenExpired } from '../../../src/graphql/audit/event-feed.js';
import { Feed } from '../../../src/projections/audit/feed.js';
import { type HistoryFilter, HistoryProjection } from '../../../src/projections/audit/history.js';
import type { Page } from '../../../src/projections/engine/page.js';
import Database from '../../../src/shared/sqlite.js';
import type { RecordedEvent } from '../../../src/store/event-store.js';
import { at, deleted, START } from '../../support/specification.js';

const TOLERANCE = 1000;

/** Events after that position, of two accounts in turn. */
function events(count: number, after = 0): RecordedEvent[] {
  return Array.from({ length: count }, (_, index) => {
    const position = after + index + 1;
    const account = position % 2 === 0 ? 'even' : 'odd';
    const metadata = { at: at(START + position), actor: 'owner', correlationId: 'none' };
    const place = { stream: `apiKeys-${account}`, version: Math.ceil(position / 2), position };
    return { ...place, id: randomUUID(), schemaVersion: 1, metadata, ...deleted('a') };
  });
}

/** A history that records the positions from which events were read. */
class WatchedHistory extends HistoryProjection {
  readonly asked: (number | undefined)[] = [];

  override batch(filter: HistoryFilter, page: Page) {
    this.asked.push(page.after);
    return super.batch(filter, page);
  }
}

function openFeed(past: number) {
  const history = new WatchedHistory(new Database(':memory:'));
  const time = { now: START };
  const feed = new Feed(history, { clock: () => time.now, tolerance: TOLERANCE });
  history.apply(events(past));
  feed.refresh(false);
  const append = (count: number) => {
    history.apply(events(count, history.head()));
    feed.refresh(false);
  };
  return { feed, append, asked: history.asked, history, time };
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
const onEnd = () => {};

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

/** Lets feeds that were woken look. */
const settle = () => new Promise(setImmediate);

describe('of an account', () => {
  it('looks at nothing when an event of another account comes', async () => {
    const { feed, append, asked } = openFeed(1);
    const items = feed.events({ account: 'odd' }, 0, forever);
    expect(await positions(items, 1)).toEqual([1]);
    const next = positions(items, 1);
    await settle();
    const looks = asked.length;
    append(1);
    await settle();
    expect(asked).toHaveLength(looks);
    append(1);
    expect(await next).toEqual([3]);
  });

  it('gets its event among more new ones than are told apart', async () => {
    const { feed, append } = openFeed(0);
    const next = positions(feed.events({ account: 'odd' }, 0, forever), 1);
    await settle();
    append(3000);
    expect(await next).toEqual([1]);
  });

  it('is woken together with the feed of everyone, and no longer once it has gone', async () => {
    const { feed, append, asked } = openFeed(0);
    const gone = new AbortController();
    const leaving = feed.events({ account: 'odd' }, 0, gone.signal).next();
    const [all, odd] = [{}, { account: 'odd' }].map((filter) => positions(feed.events(filter, 0, forever), 1));
    await settle();
    gone.abort();
    expect((await leaving).done).toBe(true);
    const looks = asked.length;
    append(1);
    expect([await all, await odd]).toEqual([[1], [1]]);
    expect(asked).toHaveLength(looks + 2);
  });
});

describe('many feeds that news concern', () => {
  const MANY = 230;

  /** That many feeds, which have seen all. Their next event, or end, is `next`; a feed looks no further before that is taken. */
  async function waiting(range: { to?: number } = {}) {
    const opened = openFeed(1);
    const feeds = numbers(1, MANY).map(() => {
      const left = new AbortController();
      return { items: opened.feed.events(range, 0, left.signal), left };
    });
    for (const { items } of feeds) await items.next();
    const all = feeds.map(({ items, left }) => ({ items, left, next: items.next() }));
    await settle();
    opened.asked.length = 0;
    return { ...opened, feeds: all };
  }

  /** How many feeds look in each turn, until all have looked. */
  async function looksByTurn(asked: unknown[]): Promise<number[]> {
    const looks: number[] = [];
    for (let seen = 0; asked.length < MANY; seen = asked.length) {
      await settle();
      looks.push(asked.length - seen);
    }
    await settle();
    return looks;
  }

  type Opened = ReturnType<typeof openFeed>;
  const NEWS: [what: string, range: { to?: number }, come: (opened: Opened) => void][] = [
    ['an event', {}, ({ append }) => append(1)],
    ['more events than are told apart', {}, ({ append }) => append(1500)],
    [
      'the end of their range',
      { to: START + 2 },
      ({ feed, time }) => {
        time.now = START + 2 + TOLERANCE;
        feed.refresh(true);
      },
    ],
  ];

  it.each(NEWS)('look in parts at %s, with turns of other work in between', async (_what, range, come) => {
    const opened = await waiting(range);
    come(opened);
    const looks = await looksByTurn(opened.asked);
    expect(looks.filter((count) => count > 0).length).toBeGreaterThan(2);
    expect(opened.asked).toHaveLength(MANY);
    await Promise.all(opened.feeds.map(({ next }) => next));
  });

  it('are not woken once they are closed', async () => {
    const { append, asked, feeds } = await waiting();
    append(1);
    await settle();
    const closed = feeds.slice(-60);
    for (const { left } of closed) left.abort();
    for (const { next } of closed) expect(await next).toEqual({ done: true, value: undefined });
    for (const { next } of feeds.slice(0, -60)) expect((await next).value).toMatchObject({ position: 2 });
    await settle();
    expect(asked).toHaveLength(MANY - 60);
  });

  it('get each event once, even if more come before all have looked', async () => {
    const { append, asked, feeds } = await waiting();
    const seen = feeds.map(async ({ items, next }) => [(await next).value?.position, ...(await positions(items, 3))]);
    append(1);
    await settle();
    append(1);
    append(1);
    expect(asked.length).toBeLessThan(MANY);
    await settle();
    append(1);
    for (const one of seen) expect(await one).toEqual([2, 3, 4, 5]);
  });
});

describe('of a range of times', () => {
  it('gives each event by its own time, in commit order, wherever it stands', async () => {
    const { feed, history } = openFeed(5);
    const dated = (time: number, position: number) => {
      const [event] = events(1, position - 1);
      return { ...event, metadata: { at: at(time), actor: 'owner', correlationId: 'none' } } as RecordedEvent;
    };
    const year = 365 * 86_400_000;
    history.apply([dated(START + year, 6), dated(START + 7, 7), dated(START - year, 8), dated(START + 4, 9)]);
    const items = feed.events({ from: START + 4, to: START + 8 }, 0, forever);
    expect(await positions(items, 4)).toEqual([4, 5, 7, 9]);
    const next = positions(items, 1);
    history.apply([dated(START + year, 10), dated(START + 5, 11)]);
    feed.refresh(false);
    expect(await next).toEqual([11]);
  });

  it('begins where it begins, and looks at nothing behind its end', async () => {
    const { feed, append, asked } = openFeed(10_000);
    const items = feed.events({ from: START + 5000, to: START + 5003 }, 0, forever);
    expect(await positions(items, 3)).toEqual(numbers(5000, 5002));
    void items.next();
    await new Promise(setImmediate);
    append(1);
    await new Promise(setImmediate);
    expect(asked).toEqual([4999, 10_000, 10_000]);
  });

  it('ends when that time is over by more than clocks may differ, and the history has caught up since', async () => {
    const { feed, append, time } = openFeed(3);
    const items = feed.events({ to: START + 3 }, 0, forever);
    expect(await positions(items, 2)).toEqual([1, 2]);
    let ended = false;
    const end = items.next().then(() => {
      ended = true;
    });
    time.now = START + 3 + TOLERANCE - 1;
    feed.refresh(true);
    await new Promise(setImmediate);
    time.now += 1;
    append(1);
    await new Promise(setImmediate);
    expect(ended).toBe(false);
    feed.refresh(true);
    await end;
  });
});

it('leaves nothing behind when its reader goes while it waits', async () => {
  const { feed } = openFeed(1);
  const items = eventFeed({ feed, filter: {}, after: 0, validFor: 60_000, onEnd });
  await items.next();
  const waiting = items.next();
  expect(await items.return?.()).toEqual({ done: true, value: undefined });
  expect((await waiting).value).toBeInstanceOf(TokenExpired);
  expect(await items.next()).toEqual({ done: true, value: undefined });
});

it('gives nothing more once its token is over, however much there is', async () => {
  const { feed } = openFeed(5000);
  const items = eventFeed({ feed, filter: {}, after: 0, validFor: 0, onEnd });
  await items.next();
  await new Promise((resolve) => setTimeout(resolve, 5));
  expect((await items.next()).value).toBeInstanceOf(TokenExpired);
  expect(await items.next()).toEqual({ done: true, value: undefined });
});
