import type { FollowedPage } from '../../../src/store/event-store.js';
import { SharedFeed } from '../../../src/store/eventstoredb/shared-feed.js';
import { newEvent } from '../../support/events.js';

/** A source of news, and the feed of it. */
function openFeed() {
  const waiting: FollowedPage[] = [];
  let wake: () => void = () => {};
  let failure: Error | undefined;
  const state = { ended: 0, stopped: false };
  async function* live(signal: AbortSignal): AsyncGenerator<FollowedPage> {
    signal.addEventListener('abort', () => {
      state.stopped = true;
      wake();
    });
    while (!signal.aborted) {
      const news = waiting.shift();
      if (news) yield news;
      else if (failure) throw failure;
      else await new Promise<void>((resolve) => (wake = resolve));
    }
  }
  const feed = new SharedFeed(live, () => (state.ended += 1));
  const send = (...news: FollowedPage[]) => {
    waiting.push(...news);
    wake();
  };
  const fail = (error: Error) => {
    failure = error;
    wake();
  };
  return { feed, state, send, fail };
}

function at(...positions: number[]): FollowedPage {
  return { events: positions.map((position) => ({ ...newEvent(), stream: 'apiKeys-a', version: position, position })) };
}

const forever = new AbortController().signal;
const allDelivered = () => new Promise(setImmediate);
const positionsOf = ({ value }: IteratorResult<FollowedPage, void>) => value?.events.map(({ position }) => position);

it('gives every event to every follower, to each from its own position and once', async () => {
  const { feed, send } = openFeed();
  const [one, other] = [feed.join().pagesAfter(0, forever), feed.join().pagesAfter(2, forever)];
  send(at(1, 2), at(3), at(4));
  expect([await one.next(), await one.next(), await one.next()].map(positionsOf)).toEqual([[1, 2], [3], [4]]);
  expect([await other.next(), await other.next()].map(positionsOf)).toEqual([[3], [4]]);
});

it('gives a follower that joins only what comes later', async () => {
  const { feed, send } = openFeed();
  const one = feed.join().pagesAfter(0, forever);
  send(at(1));
  await one.next();
  const later = feed.join().pagesAfter(0, forever);
  send(at(2));
  expect(positionsOf(await later.next())).toEqual([2]);
});

it('tells a follower from when its proofs are, however long it was busy, and after the events before them', async () => {
  const { feed, send } = openFeed();
  const follower = feed.join().pagesAfter(0, forever);
  const first = follower.next();
  send({ events: [], provenAt: 1 }, at(1));
  expect(await first).toEqual({ done: false, value: { events: [], provenAt: 1 } });
  send(at(2), { events: [], provenAt: 2 }, { events: [], provenAt: 3 }, at(4));
  await allDelivered();
  const pages = [await follower.next(), await follower.next(), await follower.next()];
  expect(pages.map(positionsOf)).toEqual([[1], [2], [4]]);
  expect(pages.map(({ value }) => value?.provenAt)).toEqual([undefined, 3, undefined]);
});

it('gives a proof to a follower that has read the events before it by itself', async () => {
  const { feed, send } = openFeed();
  const follower = feed.join().pagesAfter(2, forever);
  send(at(1, 2), { events: [], provenAt: 5 });
  expect(await follower.next()).toEqual({ done: false, value: { events: [], provenAt: 5 } });
});

it('lets go of a follower for which too many events wait, and of no other', async () => {
  const { feed, send, state } = openFeed();
  const [slow, fast] = [feed.join(), feed.join()];
  const pages = fast.pagesAfter(0, forever);
  for (let position = 1; position <= 5000; position += 500) {
    send(at(...Array.from({ length: 500 }, (_, index) => position + index)));
    expect(positionsOf(await pages.next())).toHaveLength(500);
  }
  expect([slow.lags, fast.lags]).toEqual([true, false]);
  await expect(slow.pagesAfter(0, forever).next()).resolves.toMatchObject({ done: true });
  expect(state.stopped).toBe(false);
});

it('ends when the last follower has left', () => {
  const { feed, state } = openFeed();
  const [one, other] = [feed.join(), feed.join()];
  one.leave();
  one.leave();
  expect(state).toEqual({ ended: 0, stopped: false });
  other.leave();
  expect(state).toEqual({ ended: 1, stopped: true });
});

it('fails for all followers when its source fails, after they have taken what came before', async () => {
  const { feed, send, fail, state } = openFeed();
  const followers = [feed.join().pagesAfter(0, forever), feed.join().pagesAfter(0, forever)];
  send(at(1));
  fail(new Error('gone'));
  for (const follower of followers) {
    expect(positionsOf(await follower.next())).toEqual([1]);
    await expect(follower.next()).rejects.toThrow('gone');
  }
  expect(state.ended).toBe(1);
});

it('ends for a follower whose signal aborts', async () => {
  const stop = new AbortController();
  const { feed } = openFeed();
  const next = feed.join().pagesAfter(0, stop.signal).next();
  stop.abort();
  await expect(next).resolves.toMatchObject({ done: true });
});
