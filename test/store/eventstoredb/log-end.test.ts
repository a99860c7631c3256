import { EventStoreDBClient, streamNameFilter } from '@eventstore/db-client';
import type { Category, EventStore, FollowedPage, RecordedEvent } from '../../../src/store/event-store.js';
import { cleanUpLater, newAccount } from '../../support/cleanup.js';
import { head, idsOf, newEvent } from '../../support/events.js';
import { describeEsdb, describeOwnEsdb, ownServer, patientStore, sharedServer } from '../../support/eventstoredb.js';

const { prototype } = EventStoreDBClient;
const FOLLOWED: Category[] = ['apiKeys', 'apiKeyUsage', 'apiKeyReads'];

/** Short, so that the followers soon look again, in milliseconds. */
const STALENESS = 400;

function open(connectionString: string, staleness = STALENESS): EventStore {
  const store = patientStore(connectionString, staleness);
  cleanUpLater(() => store.close());
  return store;
}

/** Counts the reads from now on, until the test ends. */
function countReads() {
  const { subscribeToAll, readAll } = prototype;
  const count = { subscriptions: 0, ofTheEnd: 0 };
  prototype.subscribeToAll = function (...args) {
    count.subscriptions += 1;
    return subscribeToAll.apply(this, args);
  };
  prototype.readAll = function (...args) {
    count.ofTheEnd += 1;
    return readAll.apply(this, args);
  };
  cleanUpLater(() => Object.assign(prototype, { subscribeToAll, readAll }));
  return count;
}

/** From now on, until it is called, subscriptions deliver no event and no error. */
function deafen(): () => void {
  const { subscribeToAll } = prototype;
  prototype.subscribeToAll = function (options, ...rest) {
    const filter = streamNameFilter({ prefixes: ['nothing-'] });
    return subscribeToAll.apply(this, [{ ...options, filter }, ...rest]);
  };
  const hear = () => {
    prototype.subscribeToAll = subscribeToAll;
  };
  cleanUpLater(hear);
  return hear;
}

/** Skips pages up to the next proof that there is nothing further. Returns the events in them. */
async function untilProven(pages: AsyncIterator<FollowedPage>): Promise<RecordedEvent[]> {
  const events: RecordedEvent[] = [];
  for (;;) {
    const { value, done } = await pages.next();
    if (done) throw new Error('The follower was dropped.');
    events.push(...value.events);
    if (value.provenAt !== undefined) return events;
  }
}

/** Follows the category from now on, up to the proof that ends the follower's own reading. */
async function follow(store: EventStore, category: Category): Promise<AsyncIterator<FollowedPage>> {
  const stop = new AbortController();
  cleanUpLater(() => stop.abort());
  const follower = store.follow(category, await head(store), stop.signal)[Symbol.asyncIterator]();
  await untilProven(follower);
  return follower;
}

describeOwnEsdb('on a log to which nobody writes', () => {
  it('followers of all categories read its last event, and nothing else', async () => {
    const store = open((await ownServer()).connectionString);
    await store.append(`apiKeys-${newAccount()}`, 0, [newEvent()]);
    const followers = await Promise.all(FOLLOWED.map((category) => follow(store, category)));
    const allProven = () => Promise.all(followers.map(untilProven));
    const count = countReads();
    for (;;) {
      const last = await store.lastEvent?.();
      // The first proofs after a write are from reads of each category.
      for (let proof = 0; proof < 2; proof += 1) await allProven();
      const before = { ...count };
      for (let proof = 0; proof < 6; proof += 1) await allProven();
      // The server itself may have written.
      if ((await store.lastEvent?.()) !== last) continue;
      expect(count.subscriptions).toBe(before.subscriptions);
      expect(count.ofTheEnd).toBeGreaterThan(before.ofTheEnd);
      return;
    }
  });

  it('those who ask for its last event at the same time share a read', async () => {
    const store = open((await ownServer()).connectionString, 60_000);
    const count = countReads();
    await Promise.all(FOLLOWED.map(() => store.lastEvent?.()));
    expect(count.ofTheEnd).toBe(1);
  });

  it('its last event has one name until something is written, to whatever stream', async () => {
    const store = open((await ownServer()).connectionString);
    await store.append(`apiKeys-${newAccount()}`, 0, [newEvent()]);
    let name = await store.lastEvent?.();
    expect(name).toBeDefined();
    // The server itself may write, too.
    for (let before: string | undefined; before !== name; ) [before, name] = [name, await store.lastEvent?.()];
    await store.append(`other-${newAccount()}`, 0, [newEvent()]);
    // Those who ask within a moment share an answer.
    while ((await store.lastEvent?.()) === name);
  });
});

describeEsdb('on the shared EventStoreDB', () => {
  it('a follower whose subscription died unnoticed gets each event, however often it found nothing before', async () => {
    const store = open(sharedServer());
    const hear = deafen();
    const follower = await follow(store, 'apiKeyReads');
    // The live subscription exists once it has proven something.
    await untilProven(follower);
    hear();
    const stream = `apiKeyReads-${newAccount()}`;
    for (let version = 0; version < 3; version += 1) {
      const event = newEvent();
      await store.append(stream, version, [event]);
      const received: RecordedEvent[] = [];
      while (received.length === 0) received.push(...(await untilProven(follower)).filter((one) => one.stream === stream));
      expect(idsOf(received)).toEqual([event.id]);
      for (let proof = 0; proof < 2; proof += 1) await untilProven(follower);
    }
  });
});
