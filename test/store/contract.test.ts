import { randomUUID } from 'node:crypto';
import { setTimeout as delay } from 'node:timers/promises';
import {
  type Category,
  type EventStore,
  type RecordedEvent,
  StoreUnavailable,
  VersionConflict,
} from '../../src/store/event-store.js';
import { REMOVED_READS_STREAM } from '../../src/store/streams.js';
import { newAccount, temporaryDirectory } from '../support/cleanup.js';
import { appendUntilKnown, collect, head, idsOf, newEvent, newEvents } from '../support/events.js';
import { stores } from '../support/eventstoredb.js';

function newStream(category: Category = 'apiKeys'): string {
  return `${category}-${newAccount()}`;
}

const HOUR = 3_600_000;

describe.each(stores)('%s', (name, open, it) => {
  let directory: string;
  let store: EventStore;

  beforeAll(() => {
    directory = temporaryDirectory();
    store = open(directory);
  });
  afterAll(() => store.close());

  const read = (stream: string, after?: number) => collect(store.read(stream, after));
  const readOwn = async (category: Category, streams: string[], after?: number) =>
    (await collect(store.readAll(category, after))).filter(({ stream }) => streams.includes(stream));

  it('appends all events or none, and says the new version', async () => {
    const stream = newStream();
    const [first, second, third] = newEvents(3);
    await expect(store.append(stream, 0, [first, second] as never)).resolves.toBe(2);
    await expect(store.append(stream, 1, [second, third] as never)).rejects.toBeInstanceOf(VersionConflict);
    await expect(store.append(stream, 2, [third] as never)).resolves.toBe(3);
    expect(idsOf(await read(stream))).toEqual(idsOf([first, second, third] as never));
  });

  it('refuses a version that is behind, ahead or of no stream, says the actual one, and writes nothing', async () => {
    const stream = newStream();
    await expect(store.append(stream, 3, [newEvent()])).rejects.toMatchObject({ stream, expected: 3, actual: 0 });
    const events = newEvents(2);
    await store.append(stream, 0, events);
    for (const expected of [0, 1, 3]) {
      const conflict = store.append(stream, expected, [newEvent()]);
      await expect(conflict).rejects.toBeInstanceOf(VersionConflict);
      await expect(conflict).rejects.toMatchObject({ stream, expected, actual: 2 });
    }
    expect(idsOf(await read(stream))).toEqual(idsOf(events));
  });

  it('takes the same ids at the same version again, and writes nothing', async () => {
    const stream = newStream();
    const [first, pair, last] = [newEvents(1), newEvents(2), newEvents(1)];
    for (let times = 0; times < 2; times += 1) await expect(store.append(stream, 0, first)).resolves.toBe(1);
    for (let times = 0; times < 2; times += 1) await expect(store.append(stream, 1, pair)).resolves.toBe(3);
    await store.append(stream, 3, last);
    await expect(store.append(stream, 0, first)).resolves.toBe(1);
    await expect(store.append(stream, 1, pair)).resolves.toBe(3);
    expect(idsOf(await read(stream))).toEqual(idsOf([...first, ...pair, ...last]));
  });

  it('refuses what was written only in part, or in another order', async () => {
    const stream = newStream();
    const [first, second] = newEvents(2) as [ReturnType<typeof newEvent>, ReturnType<typeof newEvent>];
    await store.append(stream, 0, [first, second]);
    for (const other of [
      [first, newEvent()],
      [newEvent(), second],
      [second, first],
      [first, second, newEvent()],
    ]) {
      await expect(store.append(stream, 0, other)).rejects.toBeInstanceOf(VersionConflict);
    }
    expect(await read(stream)).toHaveLength(2);
  });

  it('reads what follows a version, and nothing of a stream that does not exist', async () => {
    const stream = newStream();
    const events = newEvents(5);
    await store.append(stream, 0, events);
    expect(idsOf(await read(stream, 3))).toEqual(idsOf(events.slice(3)));
    expect(await read(stream, 5)).toEqual([]);
    expect(await read(stream, 9)).toEqual([]);
    expect(await read(newStream())).toEqual([]);
  });

  it('reads any number of events in pages, each version once', async () => {
    const stream = newStream();
    const events = newEvents(2500);
    for (let from = 0; from < events.length; from += 500) await store.append(stream, from, events.slice(from, from + 500));
    const written = await read(stream);
    expect(written.map(({ version }) => version)).toEqual(events.map((_, index) => index + 1));
    expect(idsOf(written)).toEqual(idsOf(events));
    expect(idsOf(await readOwn('apiKeys', [stream]))).toEqual(idsOf(events));
  });

  it('reads a whole number of pages to its end', async () => {
    const stream = newStream();
    const events = newEvents(1000);
    await store.append(stream, 0, events);
    expect(idsOf(await read(stream))).toEqual(idsOf(events));
  });

  it('reads all of a category in commit order, after a position, and nothing of another', async () => {
    const [a, b] = [newStream(), newStream()];
    const usage = a.replace('apiKeys-', 'apiKeyUsage-');
    const before = await head(store);
    const events = newEvents(6);
    for (const [index, event] of events.entries()) {
      await store.append(index % 2 === 0 ? a : b, index >> 1, [event]);
      await store.append(usage, index, [newEvent()]);
    }
    const found = await readOwn('apiKeys', [a, b, usage], before);
    expect(idsOf(found)).toEqual(idsOf(events));
    expect(found.map(({ position }) => position)).toEqual(found.map(({ position }) => position).sort((x, y) => x - y));
    expect(new Set(found.map(({ position }) => position)).size).toBe(6);
    expect(idsOf(await readOwn('apiKeys', [a, b, usage], found[2]?.position))).toEqual(idsOf(events.slice(3)));
    expect(await readOwn('apiKeyUsage', [a, b, usage])).toHaveLength(6);
    expect(await readOwn('apiKeyReads', [a, b, usage])).toEqual([]);
  });

  it('reads what was acknowledged, at once', async () => {
    const stream = newStream();
    const before = await head(store);
    for (let version = 0; version < 20; version += 1) {
      await store.append(stream, version, [newEvent()]);
      expect(await read(stream, version)).toHaveLength(1);
      expect(await readOwn('apiKeys', [stream], before)).toHaveLength(version + 1);
    }
  });

  it('gives data, metadata and schema version back unchanged', async () => {
    const stream = newStream();
    const metadata = { at: '2026-11-23T12:00:00.000Z', actor: 'auth0|ü·日本', correlationId: 'c', causationId: '🗝' };
    const data = {
      name: 'Schlüssel „🔑” \u0000\n\\"',
      list: [1, 1.5, null, true, []],
      nested: { schemaVersion: 'mine' },
      '': 'empty',
    };
    const event = { id: randomUUID(), type: 'SomethingNew', schemaVersion: 7, data, metadata };
    await store.append(stream, 0, [event]);
    const began = Date.now();
    const [recorded] = await read(stream);
    const { committedAt, ...others } = recorded ?? {};
    expect(others).toEqual({ ...event, stream, version: 1, position: expect.any(Number) });
    // Both clocks are this machine's. SQLite keeps no such time.
    expect(committedAt ?? began).toBeLessThanOrEqual(Date.now());
    expect(committedAt ?? began).toBeGreaterThan(began - HOUR);
    expect(await readOwn('apiKeys', [stream])).toEqual([recorded]);
  });

  it('takes every character that an account may have, and tells near names apart', async () => {
    const account = `Az09._~|:-${newAccount()}`;
    for (const accountOf of [account, account.toLowerCase(), `${account}-`, `-${account}`, `${account}%`]) {
      const stream = `apiKeys-${accountOf}`;
      await store.append(stream, 0, [newEvent()]);
      expect(await read(stream)).toMatchObject([{ stream, version: 1 }]);
      expect(await readOwn('apiKeys', [stream])).toHaveLength(1);
    }
  });

  it('lets one of fifty appends at one version succeed', async () => {
    const stream = newStream();
    const events = newEvents(50);
    const outcomes = await Promise.allSettled(events.map((event) => store.append(stream, 0, [event])));
    const winners = events.filter((_, index) => outcomes[index]?.status === 'fulfilled');
    expect(winners).toHaveLength(1);
    expect(outcomes.filter(({ status }) => status === 'rejected')).toEqual(
      Array(49).fill({ status: 'rejected', reason: new VersionConflict(stream, 0, 1) }),
    );
    expect(idsOf(await read(stream))).toEqual(idsOf(winners));
  });

  it('writes nothing when the signal has aborted before', async () => {
    const stream = newStream();
    await expect(store.append(stream, 0, [newEvent()], AbortSignal.abort())).rejects.toBeInstanceOf(StoreUnavailable);
    await store.append(newStream(), 0, [newEvent()]);
    expect(await read(stream)).toEqual([]);
  });

  it.each([0, 1, 2, 3, 4, 5, 8])(
    'says whether an append may be written that is given up %i turns after it began',
    async (turns) => {
      const stream = newStream();
      const events = newEvents(1);
      const caller = new AbortController();
      const append = store.append(stream, 0, events, caller.signal).then(
        () => 'WRITTEN',
        (error: { code?: string }) => error.code,
      );
      for (let turn = 0; turn < turns; turn += 1) await new Promise(setImmediate);
      caller.abort();
      const outcome = await append;
      expect(outcome).toMatch(/^(WRITTEN|STORE_UNAVAILABLE|OUTCOME_UNKNOWN)$/);
      for (let marker = 0; marker < 5; marker += 1) await store.append(newStream(), 0, [newEvent()]);
      if (outcome === 'STORE_UNAVAILABLE') expect(await read(stream)).toEqual([]);
      await expect(appendUntilKnown(store, stream, 0, events)).resolves.toBe(1);
      expect(idsOf(await read(stream))).toEqual(idsOf(events));
    },
  );

  describe('follow', () => {
    /** Takes pages until a condition holds, then lets the feed run until it is stopped. */
    function follow(streams: string[], after: number) {
      const stop = new AbortController();
      const seen: RecordedEvent[] = [];
      let proofs = 0;
      let changed: () => void = () => {};
      const ended = (async () => {
        for await (const { events, provenAt } of store.follow('apiKeys', after, stop.signal)) {
          seen.push(...events.filter(({ stream }) => streams.includes(stream)));
          if (provenAt !== undefined) proofs += 1;
          changed();
        }
      })();
      const until = async (condition: () => boolean) => {
        while (!condition()) {
          await Promise.race([
            ended,
            new Promise<void>((resolve) => {
              changed = resolve;
            }),
          ]);
        }
      };
      return {
        seen,
        has: (count: number) => until(() => seen.length >= count),
        caughtUp: () => {
          const before = proofs;
          return until(() => proofs > before);
        },
        stop: () => {
          stop.abort();
          return ended;
        },
      };
    }

    it('gives the past, then each new event once and in order, and a proof when there is nothing further', async () => {
      const [a, b] = [newStream(), newStream()];
      const before = await head(store);
      const past = newEvents(1200);
      await store.append(a, 0, past.slice(0, 600));
      await store.append(a, 600, past.slice(600));
      const feed = follow([a, b], before);
      await feed.caughtUp();
      expect(idsOf(feed.seen)).toEqual(idsOf(past));
      const events = newEvents(40);
      for (const [index, event] of events.entries()) await store.append(b, index, [event]);
      await feed.has(past.length + events.length);
      await feed.caughtUp();
      expect(idsOf(feed.seen)).toEqual(idsOf([...past, ...events]));
      await feed.stop();
    });

    it('resumes from a position without gap or repeat', async () => {
      const stream = newStream();
      const before = await head(store);
      const events = newEvents(30);
      await store.append(stream, 0, events.slice(0, 10));
      const first = follow([stream], before);
      await first.has(10);
      await first.stop();
      await store.append(stream, 10, events.slice(10, 20));
      const second = follow([stream], first.seen.at(-1)?.position ?? 0);
      await second.has(10);
      await store.append(stream, 20, events.slice(20));
      await second.has(20);
      await second.caughtUp();
      await second.stop();
      expect(idsOf([...first.seen, ...second.seen])).toEqual(idsOf(events));
      const third = follow([stream], first.seen[4]?.position ?? 0);
      await third.caughtUp();
      await third.stop();
      expect(idsOf(third.seen)).toEqual(idsOf(events.slice(5)));
    });

    it('ends when the signal aborts: before it starts, while it waits, and between two pages', async () => {
      for await (const page of store.follow('apiKeys', 0, AbortSignal.abort()))
        throw new Error(`It yields ${page.events.length} events.`);
      const waiting = follow([], await head(store));
      await waiting.caughtUp();
      await waiting.stop();
      const between = new AbortController();
      for await (const _ of store.follow('apiKeys', 0, between.signal)) between.abort();
    });

    it('serves two followers at once', async () => {
      const stream = newStream();
      const before = await head(store);
      const feeds = [follow([stream], before), follow([stream], before)];
      await store.append(stream, 0, newEvents(10));
      for (const feed of feeds) await feed.has(10);
      for (const feed of feeds) await feed.stop();
      for (const feed of feeds) expect(feed.seen.map(({ version }) => version)).toEqual([1, 2, 3, 4, 5, 6, 7, 8, 9, 10]);
    });
  });

  it.each<[what: string, category: Category, name: string]>([
    ['usage', 'apiKeyUsage', ''],
    ["a day's reads", 'apiKeyReads', '2026-01-01-'],
  ])('removes what a stream of %s holds, and nothing else, and uses no position again', async (_what, category, name) => {
    const streamLike = () => newStream(category).replace('-', `-${name}`);
    const [stream, other] = [streamLike(), streamLike()];
    const streams = [stream, `${stream}-`, stream.slice(0, -1), other, other.replace(category, 'apiKeys')];
    for (const one of streams) await store.append(one, 0, newEvents(150));
    const before = (await readOwn(category, streams)).at(-1)?.position ?? 0;
    await store.prune(stream);
    while ((await read(stream)).length > 0) await delay(20);
    await store.prune(stream);
    for (const one of streams.slice(1)) expect(await read(one)).toHaveLength(150);
    await store.append(other, 150, [newEvent()]);
    expect((await readOwn(category, [other])).at(-1)?.position).toBeGreaterThan(before);
  });

  it('removes no stream that does not exist, none of any other category, and not what says that reads were removed', async () => {
    await store.prune(newStream('apiKeyUsage'));
    for (const category of ['apiKeys', 'apiKeyReads'] as const) {
      const stream = newStream(category);
      const events = newEvents(2);
      await store.append(stream, 0, events);
      await expect(store.prune(stream)).rejects.toThrow('cannot be removed');
      expect(idsOf(await read(stream))).toEqual(idsOf(events));
    }
    await expect(store.prune(REMOVED_READS_STREAM)).rejects.toThrow('cannot be removed');
  });

  (name === ':memory:' ? it.skip : it)(
    'keeps everything when it is closed and opened again, and knows the same ids',
    async () => {
      const stream = newStream();
      const events = newEvents(3);
      await store.append(stream, 0, events);
      const appends = newEvents(3).map((event, index) => store.append(stream, 3 + index, [event]));
      const closed = store.close();
      await Promise.allSettled(appends);
      await closed;
      store = open(directory);
      expect(idsOf((await read(stream)).slice(0, 3))).toEqual(idsOf(events));
      await expect(store.append(stream, 0, events)).resolves.toBe(3);
      await expect(store.append(stream, 0, newEvents(1))).rejects.toBeInstanceOf(VersionConflict);
    },
  );
});
