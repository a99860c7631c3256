import { setTimeout as delay } from 'node:timers/promises';
import { EventStoreDBClient, jsonEvent } from '@eventstore/db-client';
import { withTimeout } from '../../src/shared/with-timeout.js';
import type { EventStore } from '../../src/store/event-store.js';
import { EventStoreDbEventStore } from '../../src/store/eventstoredb/eventstoredb.js';
import { cleanUpLater } from '../support/cleanup.js';
import { isLong } from '../support/long.js';
import { eventsOf } from '../support/store-doubles.js';
import { isToolInstalled } from '../support/tools.js';
import { Cluster } from './cluster.js';
import { Network } from './network.js';

const STREAM = 'apiKeys-former';

const isPossible = isLong && isToolInstalled('eventstored') && Network.canBeMade();

/** How long one try may take, and all tries of a step together, in milliseconds. A step that never succeeds is then named. */
const [PATIENCE, LIMIT] = [30_000, 120_000];

/** Does it, again and again until it succeeds. */
async function tried<T>(step: string, attempt: () => Promise<T>): Promise<T> {
  for (const end = performance.now() + LIMIT; ; await delay(20)) {
    try {
      return await withTimeout(attempt(), PATIENCE);
    } catch (error) {
      if (performance.now() > end) throw new Error(`It never succeeded: ${step}.`, { cause: error });
    }
  }
}

/** The number of events in the stream. */
function countOf(store: EventStore): Promise<number> {
  return tried('read the stream', async () => (await eventsOf(store, STREAM)).length);
}

/** The number of events that a new follower gets until it is told that there is nothing further. */
function followedUntilProven(store: EventStore): Promise<number> {
  return tried('follow the category', async () => {
    const stop = new AbortController();
    let count = 0;
    for await (const { events, provenAt } of store.follow('apiKeys', 0, stop.signal)) {
      count += events.length;
      if (provenAt === undefined) continue;
      stop.abort();
      return count;
    }
    throw new Error('The feed ended.');
  });
}

(isPossible ? it : it.skip)(
  'a leader that was paused shows nothing old to those who require the leader',
  async () => {
    const network = new Network(3);
    const cluster = new Cluster(network);
    const [leader] = await cluster.agreed();
    if (!leader) throw new Error('A node is missing.');
    // Each try has a client of its own, which asks the nodes who leads: one that waits in vain for the paused leader asks nobody else,
    // however often it is used. With credentials, the client makes a call for each append. Without, its appends and those of the store
    // would wait in one list for their answers, and one client's failure would take the other's answers away.
    const append = () =>
      tried('append an event', async () => {
        const client = EventStoreDBClient.connectionString(`${cluster.connectionString}&nodePreference=leader`);
        try {
          await client.appendToStream(STREAM, jsonEvent({ type: 'any', data: {} }), {
            requiresLeader: true,
            credentials: { username: 'admin', password: 'changeit' },
          });
        } finally {
          await client.dispose();
        }
      });
    await append();
    const store = new EventStoreDbEventStore(cluster.connectionStringOf(leader));
    cleanUpLater(() => store.close());
    const before = await countOf(store);
    await leader.pause();
    // The system of a paused node accepts connections. Each can make the others take it for alive, for minutes, and elect nobody.
    network.cutOff(leader.machine);
    await append();
    leader.resume();
    // It takes itself for the leader yet. If it notices first, the test shows less, but nothing wrong.
    const asBefore = await countOf(store);
    network.mend();
    expect(await followedUntilProven(store)).toBeGreaterThan(before);
    await tried('show that a node leads', () => store.requireLeader());
    expect(await countOf(store)).toBeGreaterThan(before);
    expect(asBefore).toBeGreaterThanOrEqual(before);
    process.stdout.write(`The former leader showed ${asBefore - before} of the newer events at first.\n`);
  },
  600_000,
);
