import { once } from 'node:events';
import { createServer, type Socket } from 'node:net';
import { setTimeout as delay } from 'node:timers/promises';
import { EventStoreDBClient } from '@eventstore/db-client';
import { UnreadableStream } from '../../../src/domain/keys/refusals.js';
import { KeysProjection } from '../../../src/projections/keys/keys.js';
import Database from '../../../src/shared/sqlite.js';
import { NoAnswer } from '../../../src/shared/with-timeout.js';
import {
  type EventStore,
  type FollowedPage,
  OutcomeUnknown,
  type RecordedEvent,
  StoreUnavailable,
} from '../../../src/store/event-store.js';
import { EventStoreDbEventStore } from '../../../src/store/eventstoredb/eventstoredb.js';
import { UnsupportedServer } from '../../../src/store/eventstoredb/eventstoredb-errors.js';
import { cleanUpLater, newAccount } from '../../support/cleanup.js';
import {
  appendUntilKnown,
  collect,
  followUntil,
  head,
  idsOf,
  newEvent,
  newEvents,
  untilAnswered,
} from '../../support/events.js';
import { describeEsdb, describeOwnEsdb, ownServer, patientStore, sharedServer } from '../../support/eventstoredb.js';
import { EventStoreDbServer, freePort } from '../../support/eventstoredb-server.js';
import { halt, resume, untilUnread } from '../../support/halt.js';

/** The number of events that are written at once. */
const BURST = 20_000;
const RESTARTS = 3;

let store: EventStore | undefined;
let client: EventStoreDBClient | undefined;

function open(connectionString: string): EventStore {
  store = patientStore(connectionString);
  return store;
}

/** Opens a store that gives up a call as soon as those of users do. */
function openImpatient(connectionString: string): EventStore {
  store = new EventStoreDbEventStore(connectionString);
  return store;
}

/** An operator's own connection. It must not append, since the adapter's appends are in the same process. */
function operator(connectionString = sharedServer()): EventStoreDBClient {
  client = EventStoreDBClient.connectionString(connectionString);
  return client;
}

afterEach(async () => {
  await store?.close();
  await client?.dispose();
  store = client = undefined;
});

/** The error with which the call fails. */
function failureOf(call: Promise<unknown>): Promise<unknown> {
  return call.then(
    () => undefined,
    (error: unknown) => error,
  );
}

/** Yields the instant of each proof that there is nothing further. */
async function* proofsOf(pages: AsyncIterable<FollowedPage>): AsyncGenerator<number, void> {
  for await (const { provenAt } of pages) if (provenAt !== undefined) yield provenAt;
}

async function provenSince(proofs: AsyncGenerator<number, void>, since: number): Promise<void> {
  for (let next = await proofs.next(); !next.done && next.value < since; ) next = await proofs.next();
}

/** Counts the subscriptions that are opened from now on, until the test ends. */
function countSubscriptions(): () => number {
  const { prototype } = EventStoreDBClient;
  const { subscribeToAll } = prototype;
  let opened = 0;
  prototype.subscribeToAll = function (...args) {
    opened += 1;
    return subscribeToAll.apply(this, args);
  };
  cleanUpLater(() => {
    prototype.subscribeToAll = subscribeToAll;
  });
  return () => opened;
}

describeEsdb('on the shared EventStoreDB', () => {
  it('a second store in the process is refused aloud until the first is closed', async () => {
    const first = open(sharedServer());
    expect(() => new EventStoreDbEventStore(sharedServer())).toThrow('This process has an open EventStoreDB store already');
    await first.close();
    const stream = `apiKeys-${newAccount()}`;
    await expect(open(sharedServer()).append(stream, 0, [newEvent()])).resolves.toBe(1);
  });

  it('a leader shows that it leads, and keeps one event of that, however often it is asked', async () => {
    const store = open(sharedServer());
    for (let round = 0; round < 3; round += 1) await Promise.all(Array.from({ length: 20 }, () => store.requireLeader?.()));
    const kept = operator().readStream('$$keyledgerLeader');
    let count = 0;
    for await (const _ of kept) count += 1;
    expect(count).toBe(1);
    const stopped = AbortSignal.abort();
    await expect(store.requireLeader?.(stopped)).rejects.toThrow(StoreUnavailable);
  });

  it('an idle store has one subscription to a category and checks it once, however many follow it', async () => {
    const staleness = 400;
    const store = patientStore(sharedServer(), staleness);
    const stop = new AbortController();
    const after = await head(store);
    const followers = Array.from({ length: 8 }, () => proofsOf(store.follow('apiKeyReads', after, stop.signal)));
    const allProven = () => Promise.all(followers.map((follower) => follower.next()));
    // The first proof is from a follower's own reading, the second from the shared subscription.
    for (let proof = 0; proof < 2; proof += 1) await allProven();
    const [opened, start] = [countSubscriptions(), performance.now()];
    for (let proof = 0; proof < 4; proof += 1) await allProven();
    // Each of eight followers would open as many.
    expect(opened()).toBeLessThanOrEqual(2 + (performance.now() - start) / (staleness / 4));
    stop.abort();
    await Promise.all(followers.map((follower) => follower.return()));
    await store.close();
  });

  it('a connection string that makes no sense is refused, and does not stand in the way of a right one', () => {
    expect(() => new EventStoreDbEventStore('esdb://')).toThrow();
    open(sharedServer());
  });

  it('an idle follower hears again and again that there is nothing further', async () => {
    const store = open(sharedServer());
    const stop = new AbortController();
    let heard = 0;
    for await (const _ of proofsOf(store.follow('apiKeyReads', 0, stop.signal))) {
      heard += 1;
      if (heard === 3) stop.abort();
    }
    expect(heard).toBe(3);
  });

  it('a truncated stream shows its gap, and the keys projection sets its account apart', async () => {
    const store = open(sharedServer());
    const stream = `apiKeys-${newAccount()}`;
    await store.append(stream, 0, newEvents(5));
    await operator().setStreamMetadata(stream, { truncateBefore: 3 });
    const events = await collect(store.read(stream));
    expect(events.map(({ version }) => version)).toEqual([4, 5]);
    expect(new KeysProjection(new Database(':memory:')).apply(events)).toHaveLength(1);
  });

  it('an append to a stream that was deleted is refused aloud', async () => {
    const store = open(sharedServer());
    const stream = `apiKeys-${newAccount()}`;
    await store.append(stream, 0, newEvents(2));
    await operator().deleteStream(stream);
    expect(await collect(store.read(stream))).toEqual([]);
    await expect(store.append(stream, 0, [newEvent()])).rejects.toThrow(/continues with version 3 instead of 1.*Restore it/);
  });

  it.each(['22.10.5', '5.0.8', '23.6.0'])(
    'a server of version %s is refused, with the oldest that will do',
    async (version) => {
      const store = open(sharedServer());
      const capabilities = Object.getOwnPropertyDescriptor(EventStoreDBClient.prototype, 'capabilities');
      if (!capabilities) throw new Error('The client hides what the server can do elsewhere.');
      Object.defineProperty(EventStoreDBClient.prototype, 'capabilities', {
        ...capabilities,
        get: () => Promise.resolve({ serverVersion: version }),
      });
      try {
        for (const call of [
          store.append('apiKeys-old', 0, [newEvent()]),
          collect(store.read('apiKeys-old')),
          collect(store.readAll('apiKeys')),
          proofsOf(store.follow('apiKeys', 0, new AbortController().signal)).next(),
        ]) {
          await expect(call).rejects.toBeInstanceOf(UnsupportedServer);
          await expect(call).rejects.toThrow(`EventStoreDB 23.10 or newer is needed; this server is ${version}.`);
        }
      } finally {
        Object.defineProperty(EventStoreDBClient.prototype, 'capabilities', capabilities);
      }
    },
  );
});

let own: Promise<EventStoreDbServer> | undefined;

/** The server of this test file. */
function server(): Promise<EventStoreDbServer> {
  own ??= ownServer();
  return own;
}

/** These write much, which would slow down other test files on the shared server. */
describeOwnEsdb('on an EventStoreDB of its own', () => {
  beforeAll(server);

  it(`a slow reader gets all of a burst of ${BURST} events, each once and in order`, async () => {
    const store = open((await server()).connectionString);
    const streams = Array.from({ length: BURST / 500 }, () => `apiKeys-${newAccount()}`);
    const before = await head(store);
    const stop = new AbortController();
    const seen: RecordedEvent[] = [];
    const burst = Promise.all(
      streams.map(async (stream) => {
        for (let version = 0; version < 500; version += 50) await store.append(stream, version, newEvents(50));
      }),
    );
    for (let from = before; !stop.signal.aborted; ) {
      for await (const { events } of store.follow('apiKeys', from, stop.signal)) {
        seen.push(...events.filter(({ stream }) => streams.includes(stream)));
        from = events.at(-1)?.position ?? from;
        if (events.length > 0) await delay(10);
        if (seen.length >= BURST) stop.abort();
      }
    }
    await burst;
    expect(seen).toHaveLength(BURST);
    expect(idsOf(seen)).toEqual(
      idsOf((await collect(store.readAll('apiKeys', before))).filter(({ stream }) => streams.includes(stream))),
    );
  });

  it('a read tells of every acknowledged event, and of none twice, however far a follower has looked past where it begins', async () => {
    const store = open((await server()).connectionString);
    const stop = new AbortController();
    let after = await head(store);
    const proofs = proofsOf(store.follow('apiKeys', after, stop.signal));
    const [day, account] = [`apiKeyUsage-${newAccount()}`, `apiKeys-${newAccount()}`];
    for (let round = 0; round < 3; round += 1) {
      for (let version = 3000 * round; version < 3000 * (round + 1); version += 500) {
        await store.append(day, version, newEvents(500));
      }
      await provenSince(proofs, performance.now());
      expect(await collect(store.readAll('apiKeys', after))).toEqual([]);
      for (let version = 10 * round; version < 10 * (round + 1); version += 1) {
        const event = newEvent();
        await store.append(account, version, [event]);
        const read = await collect(store.readAll('apiKeys', after));
        expect(idsOf(read)).toEqual([event.id]);
        after = read[0]?.position ?? after;
      }
    }
    stop.abort();
    await proofs.return();
  });
});

describeOwnEsdb('on an EventStoreDB that fails', () => {
  beforeAll(server);

  it(`killed and restarted under eight writers, ${RESTARTS} times, it has every acknowledged event once, and so has a follower`, async () => {
    const server = await ownServer({ onDisk: true });
    const store = openImpatient(server.connectionString);
    const acknowledged: string[][] = [];
    let [done, complete] = [false, false];
    const writers = Array.from({ length: 8 }, async (_, writer) => {
      const ids: string[] = [];
      acknowledged.push(ids);
      while (!done) {
        const events = newEvents(1 + (ids.length % 2));
        const version = await appendUntilKnown(store, `apiKeys-writer-${writer}`, ids.length, events);
        ids.push(...idsOf(events));
        expect(version).toBe(ids.length);
      }
    });
    const total = () => acknowledged.reduce((sum, ids) => sum + ids.length, 0);
    const seen: RecordedEvent[] = [];
    const following = followUntil(store, 0, Number.POSITIVE_INFINITY, (page) => {
      seen.push(...page);
      if (complete && seen.length >= total()) throw new Error('enough');
    });
    following.catch(() => {});
    for (let times = 0; times < RESTARTS; times += 1) {
      const before = total();
      while (total() < before + 300) await delay(25);
      await server.restart();
    }
    const before = total();
    while (total() < before + 100) await delay(25);
    done = true;
    await Promise.all(writers);
    complete = true;
    await expect(following).rejects.toThrow('enough');
    for (const [writer, ids] of acknowledged.entries()) {
      expect(idsOf(await untilAnswered(() => collect(store.read(`apiKeys-writer-${writer}`))))).toEqual(ids);
      expect(idsOf(seen.filter(({ stream }) => stream === `apiKeys-writer-${writer}`))).toEqual(ids);
    }
  });

  it('a stream that was deleted for good is refused aloud by appends and reads, and the category goes on', async () => {
    const { connectionString } = await server();
    const store = open(connectionString);
    const before = await head(store);
    const [deleted, other] = [`apiKeys-${newAccount()}`, `apiKeys-${newAccount()}`];
    await store.append(deleted, 0, newEvents(2));
    await operator(connectionString).tombstoneStream(deleted);
    const refusal = `deleted stream ${deleted} for good. Restore it`;
    await expect(store.append(deleted, 2, [newEvent()])).rejects.toThrow(refusal);
    const read = collect(store.read(deleted));
    await expect(read).rejects.toThrow(UnreadableStream);
    await expect(read).rejects.toThrow(refusal);
    await store.append(other, 0, [newEvent()]);
    const streams = (await collect(store.readAll('apiKeys', before))).map(({ stream }) => stream);
    expect(streams).toEqual([deleted, deleted, other]);
  });

  it('frozen, it fails every call within its time, and works again when it thaws', async () => {
    const { connectionString, pid } = await server();
    const store = openImpatient(connectionString);
    const [stream, before] = [`apiKeys-${newAccount()}`, await untilAnswered(() => head(store))];
    await appendUntilKnown(store, stream, 0, [newEvent()]);
    const stop = new AbortController();
    const { failure } = await untilAnswered(() => followToEnd(store, before, stop.signal));
    await halt(pid);
    const events = newEvents(1);
    const [append, read, readAll, follow] = await Promise.all([
      failureOf(store.append(stream, 1, events)),
      failureOf(collect(store.read(stream))),
      failureOf(collect(store.readAll('apiKeys', before))),
      failure,
    ]);
    resume(pid);
    expect(append).toBeInstanceOf(OutcomeUnknown);
    for (const error of [read, readAll, follow]) expect(error).toBeInstanceOf(StoreUnavailable);
    // The limit is ours: the client's own, the keepalive, is five times as long.
    for (const error of [append, read, readAll, follow]) expect(error).toMatchObject({ cause: expect.any(NoAnswer) });
    await expect(appendUntilKnown(store, stream, 1, events)).resolves.toBe(2);
    expect(await untilAnswered(() => collect(store.readAll('apiKeys', before)))).toHaveLength(2);
  });

  it('an append that is given up in mid-flight may have been written: its outcome is unknown', async () => {
    const { connectionString, pid, port } = await server();
    const store = openImpatient(connectionString);
    const stream = `apiKeys-${newAccount()}`;
    await appendUntilKnown(store, stream, 0, [newEvent()]);
    await halt(pid);
    const events = newEvents(1);
    const caller = new AbortController();
    const failure = failureOf(store.append(stream, 1, events, caller.signal));
    await untilUnread(port, 100);
    caller.abort();
    expect(await failure).toBeInstanceOf(OutcomeUnknown);
    resume(pid);
    expect(await appendUntilKnown(store, stream, 1, events)).toBe(2);
    expect(await untilAnswered(() => collect(store.read(stream)))).toHaveLength(2);
  });

  it('frozen and then killed under 500 appends, it leaves the process alive and every outcome unknown', async () => {
    const frozen = await server();
    const store = openImpatient(frozen.connectionString);
    await appendUntilKnown(store, 'apiKeys-first', 0, [newEvent()]);
    await halt(frozen.pid);
    const large = { ...newEvent(), data: { text: 'x'.repeat(20_000) } };
    const appends = newEvents(500).map(({ id }, index) => failureOf(store.append(`apiKeys-${index}`, 0, [{ ...large, id }])));
    await untilUnread(frozen.port, 20_000);
    await frozen.kill();
    for (const error of await Promise.all(appends)) expect(error).toBeInstanceOf(OutcomeUnknown);
    await frozen.start();
    await expect(appendUntilKnown(store, 'apiKeys-second', 0, [newEvent()])).resolves.toBe(1);
  });

  it.each<[string, (port: number) => string]>([
    ['one server', (port) => `esdb://127.0.0.1:${port}?tls=false`],
    ['a cluster', (port) => `esdb://127.0.0.1:1,127.0.0.1:${port}?tls=false`],
  ])('down or starting (%s), it takes nothing and says so, and works once it is up', async (_kind, connectionString) => {
    const server = new EventStoreDbServer(await freePort());
    const store = openImpatient(connectionString(server.port));
    const events = newEvents(1);
    for (const call of [
      store.append('apiKeys-a', 0, newEvents(1)),
      collect(store.read('apiKeys-a')),
      collect(store.readAll('apiKeys')),
      proofsOf(store.follow('apiKeys', 0, new AbortController().signal)).next(),
    ]) {
      expect(await failureOf(call)).toBeInstanceOf(StoreUnavailable);
    }
    server.spawn();
    try {
      await expect(appendUntilKnown(store, 'apiKeys-a', 0, events)).resolves.toBe(1);
      expect(idsOf(await untilAnswered(() => collect(store.read('apiKeys-a'))))).toEqual(idsOf(events));
      await server.restart();
      await expect(appendUntilKnown(store, 'apiKeys-b', 0, newEvents(1))).resolves.toBe(1);
    } finally {
      await server.kill();
    }
  });

  it('a port that takes connections and never says a word counts as down', async () => {
    const sockets: Socket[] = [];
    const mute = createServer((socket) => sockets.push(socket.resume())).listen(0, '127.0.0.1');
    await once(mute, 'listening');
    const address = mute.address();
    const store = openImpatient(
      `esdb://127.0.0.1:${address !== null && typeof address === 'object' ? address.port : 0}?tls=false`,
    );
    expect(await failureOf(store.append('apiKeys-a', 0, [newEvent()]))).toBeInstanceOf(StoreUnavailable);
    mute.close();
    for (const socket of sockets) socket.destroy();
  });
});

/** Follows until an error or the signal ends it. Resolves at the first proof that there is nothing further, with the later error. */
async function followToEnd(store: EventStore, after: number, signal: AbortSignal): Promise<{ failure: Promise<unknown> }> {
  const proofs = proofsOf(store.follow('apiKeys', after, signal));
  await proofs.next();
  const toEnd = async () => {
    for await (const _ of proofs);
  };
  return { failure: failureOf(toEnd()) };
}
