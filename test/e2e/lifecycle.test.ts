import { EventEmitter, once } from 'node:events';
import { setTimeout as delay } from 'node:timers/promises';
import { newKeyMaterial } from '../../src/domain/keys/secret.js';
import { type Category, type FollowedPage, StoreUnavailable } from '../../src/store/event-store.js';
import { SqliteEventStore } from '../../src/store/sqlite/sqlite.js';
import { SHORT_DEADLINE } from '../support/cleanup.js';
import { describeOwnEsdb, ownServer } from '../support/eventstoredb.js';
import { ask, basic, bearer } from '../support/http.js';
import { rounds } from '../support/long.js';
import { expectProblem } from '../support/problem.js';
import { StoppableFeed, StoreDouble } from '../support/store-doubles.js';
import { openWorld, type World } from '../support/world.js';

const MINUTE = 60_000;

const DELETES = rounds(20, 100);

/** The status for both ways to send a key, which must agree. If an end passes between the two, both are sent again. */
async function statusOf(world: Pick<World, 'url'>, sent: { key: { keyId: string }; secret: string }): Promise<number> {
  try {
    return await commonStatus(world, sent);
  } catch {
    return await commonStatus(world, sent);
  }
}

async function commonStatus(
  { url }: Pick<World, 'url'>,
  { key, secret }: { key: { keyId: string }; secret: string },
): Promise<number> {
  const answers = await Promise.all(
    [basic(key.keyId, secret), bearer(secret)].map((headers) => ask(`${url}/v1/verify`, { headers })),
  );
  const [one, other] = answers.map(({ status }) => status);
  if (one === undefined || one !== other) throw new Error(`Basic is answered with ${one}, Bearer with ${other}.`);
  return one;
}

/** A world whose time stands still unless a test moves it. */
async function worldInTime() {
  const time = { now: Math.floor(Date.now() / 1000) * 1000 };
  const world = await openWorld({ clock: () => time.now });
  return { time, world, client: await world.client({}) };
}

describe('a key that expires', () => {
  it('is accepted a millisecond before that instant, refused at it, and a millisecond after', async () => {
    const { time, world, client } = await worldInTime();
    const end = time.now + MINUTE;
    const key = await client.newKey({ name: 'short', expiresAt: new Date(end).toISOString() });
    const found: number[] = [];
    for (time.now = end - 1; time.now <= end + 1; time.now += 1) found.push(await statusOf(world, key));
    expect(found).toEqual([200, 401, 401]);
  });

  it('goes by the clock, also where that is stepped back behind that instant', async () => {
    let source = Date.now();
    const world = await openWorld({ clock: () => source });
    const key = await (await world.client({})).newKey({ name: 'short', expiresAt: new Date(source + MINUTE).toISOString() });
    expect(await statusOf(world, key)).toBe(200);
    source += MINUTE;
    expect(await statusOf(world, key)).toBe(401);
    source -= MINUTE / 2;
    expect(await statusOf(world, key)).toBe(200);
  });
});

describe('a rotated key', () => {
  it('is accepted to the last millisecond of its overlap, and its successor throughout', async () => {
    const { time, world, client } = await worldInTime();
    const old = await client.newKey();
    const end = time.now + MINUTE;
    const successor = await client.rotateKey({ keyId: old.key.keyId, overlapSeconds: 60 });
    if (successor.__typename !== 'CreateKeyPayload') throw new Error(`Not rotated: ${successor.__typename}`);
    const found: [number, number][] = [];
    for (time.now = end - 1; time.now <= end + 1; time.now += 1) {
      found.push([await statusOf(world, old), await statusOf(world, successor)]);
    }
    expect(found).toEqual([
      [200, 200],
      [401, 200],
      [401, 200],
    ]);
  });

  it('without an overlap is refused by the time rotateKey answers', async () => {
    const { world, client } = await worldInTime();
    const old = await client.newKey();
    await client.rotateKey({ keyId: old.key.keyId });
    expect(await statusOf(world, old)).toBe(401);
  });
});

describe('a deleted key', () => {
  it(`is refused by the time deleteKey answers, ${DELETES} times in ${DELETES}`, async () => {
    const { world, client } = await worldInTime();
    for (let round = 0; round < DELETES; round += 1) {
      const key = await client.newKey();
      expect(await statusOf(world, key)).toBe(200);
      await client.deleteKey(key.key.keyId);
      expect(await statusOf(world, key)).toBe(401);
    }
  });

  it('is refused by the time deleteKey answers although the feed has stopped, by its secret alone too', async () => {
    const store = new StoppableFeed(new SqliteEventStore(':memory:'));
    const world = await openWorld({ store, env: SHORT_DEADLINE });
    const client = await world.client({});
    const key = await client.newKey();
    store.stopped = true;
    await client.deleteKey(key.key.keyId);
    expect(await statusOf(world, key)).toBe(401);
  });

  it('is refused after a restart of a process that was down while it was deleted elsewhere', async () => {
    const first = await openWorld();
    const { dataDirectory } = first.config;
    const client = await first.client({});
    const key = await client.newKey();
    await first.stop();
    const second = await openWorld({ dataDirectory });
    await (await second.client({ account: client.account })).deleteKey(key.key.keyId);
    await second.stop();
    const third = await openWorld({ dataDirectory, unready: true });
    expect([401, 503]).toContain(await statusOf(third, key));
    await third.app.ready;
    expect(await statusOf(third, key)).toBe(401);
  });
});

/** A store that can be unavailable, to followers and to writers. */
class StoppableStore extends StoreDouble {
  down = false;
  readonly #changes = new EventEmitter();

  stop(): void {
    this.down = true;
    this.#changes.emit('down');
  }

  override async *follow(category: Category, after: number, signal: AbortSignal): AsyncGenerator<FollowedPage> {
    for await (const page of this.store.follow(category, after, signal)) {
      if (this.down) throw new StoreUnavailable();
      yield page;
    }
  }
}

describe('a process whose store is out of reach', () => {
  it('goes on answering within the bound, then answers 503 with Retry-After to all, and heals by itself', async () => {
    const store = new StoppableStore(new SqliteEventStore(':memory:'));
    const world = await openWorld({ store, env: { KEYLEDGER_STALENESS: '2s' } });
    const client = await world.client({});
    const start = performance.now();
    const key = await client.newKey();
    store.stop();
    while ((await statusOf(world, key)) === 200) await delay(10);
    // The log was read to its end after the start: for the key.
    expect(performance.now() - start).toBeGreaterThan(2000);
    for (const headers of [[], basic('key_x', 'wrong'), bearer(key.secret)]) {
      const answer = await ask(`${world.url}/v1/verify`, { headers });
      expectProblem(answer, 'STALE');
      expect(Number(answer.headers['retry-after'])).toBeGreaterThan(0);
    }
    store.down = false;
    while ((await statusOf(world, key)) !== 200) await delay(25);
  });

  it('asks services that introspect to try again', async () => {
    const TOKEN = 'x'.repeat(32);
    const store = new StoppableStore(new SqliteEventStore(':memory:'));
    const env = { KEYLEDGER_STALENESS: '2s', KEYLEDGER_INTROSPECTION_TOKEN: TOKEN };
    const world = await openWorld({ store, env });
    const key = await (await world.client({})).newKey();
    store.stop();
    while ((await statusOf(world, key)) === 200) await delay(10);
    const form = ['Content-Type', 'application/x-www-form-urlencoded'];
    const asked = { method: 'POST', headers: [...bearer(TOKEN), ...form], body: `token=${key.secret}` };
    const answer = await ask(`${world.url}/v1/introspect`, asked);
    expectProblem(answer, 'STALE');
    expect(Number(answer.headers['retry-after'])).toBeGreaterThan(0);
    store.down = false;
    while ((await statusOf(world, key)) !== 200) await delay(25);
  });

  it('hears leak reports nevertheless, for it reads the log itself for them', async () => {
    const store = new StoppableStore(new SqliteEventStore(':memory:'));
    const world = await openWorld({ store, env: { KEYLEDGER_STALENESS: '1s', ...SHORT_DEADLINE } });
    const key = await (await world.client({})).newKey();
    store.stop();
    while ((await statusOf(world, key)) === 200) await delay(10);
    expect((await ask(`${world.url}/v1/leaked`, { method: 'POST', body: key.secret })).status).toBe(200);
    store.down = false;
    while ((await statusOf(world, key)) === 503) await delay(25);
    expect(await statusOf(world, key)).toBe(401);
  });
});

it('answers 503 until it has caught up for the first time', async () => {
  const opened = new AbortController();
  class WaitingFeed extends StoreDouble {
    override async *follow(category: Category, after: number, signal: AbortSignal): AsyncGenerator<FollowedPage> {
      if (!opened.signal.aborted) await once(opened.signal, 'abort', { signal });
      yield* this.store.follow(category, after, signal);
    }
  }
  const world = await openWorld({ store: new WaitingFeed(new SqliteEventStore(':memory:')), unready: true });
  const ours = { key: { keyId: 'key_x' }, secret: 'wrong' };
  expect(await statusOf(world, ours)).toBe(503);
  const report = { method: 'POST', body: newKeyMaterial().secret };
  expectProblem(await ask(`${world.url}/v1/leaked`, report), 'NOT_READY');
  opened.abort();
  await world.app.ready;
  expect(await statusOf(world, ours)).toBe(401);
  expect((await ask(`${world.url}/v1/leaked`, report)).status).toBe(200);
});

it('an idle store is no outage: for more than twice the bound, every answer is 200', async () => {
  const world = await openWorld({ env: { KEYLEDGER_STALENESS: '5s' } });
  const key = await (await world.client({})).newKey();
  const found = new Set<number>();
  for (const end = performance.now() + 11_000; performance.now() < end; await delay(50)) found.add(await statusOf(world, key));
  expect(found).toEqual(new Set([200]));
});

describeOwnEsdb('on EventStoreDB', () => {
  it('stays fresh while nothing happens, answers within the bound when it is killed, then 503, and heals by itself', async () => {
    const esdb = await ownServer({ onDisk: true });
    // On a busy machine, EventStoreDB may answer some seconds late.
    const env = { KEYLEDGER_STORE: esdb.connectionString, KEYLEDGER_STALENESS: '20s' };
    const world = await openWorld({ env });
    const key = await (await world.client({})).newKey();
    const idle = new Set<number>();
    for (const end = performance.now() + 30_000; performance.now() < end; await delay(50)) idle.add(await statusOf(world, key));
    expect(idle).toEqual(new Set([200]));
    await esdb.kill();
    expect(await statusOf(world, key)).toBe(200);
    while ((await statusOf(world, key)) === 200) await delay(50);
    expect(await statusOf(world, key)).toBe(503);
    await esdb.start();
    while ((await statusOf(world, key)) !== 200) await delay(50);
  });
});
