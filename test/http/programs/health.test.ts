import { EventEmitter, once } from 'node:events';
import { setTimeout as delay } from 'node:timers/promises';
import type { Category, FollowedPage } from '../../../src/store/event-store.js';
import { StoreUnavailable } from '../../../src/store/event-store.js';
import { SqliteEventStore } from '../../../src/store/sqlite/sqlite.js';
import { StoreDouble } from '../../support/store-doubles.js';
import { openWorld, type World } from '../../support/world.js';

/** A store whose feed waits for a signal, or fails. */
class MoodyFeed extends StoreDouble {
  mood: 'silent' | 'failing' | 'well' = 'silent';
  readonly #changes = new EventEmitter();

  change(mood: 'silent' | 'failing' | 'well'): void {
    this.mood = mood;
    this.#changes.emit('change');
  }

  override async *follow(category: Category, after: number, signal: AbortSignal): AsyncGenerator<FollowedPage> {
    if (this.mood === 'silent') await once(this.#changes, 'change', { signal });
    for await (const page of this.store.follow(category, after, signal)) {
      if (this.mood === 'failing') throw new StoreUnavailable();
      yield page;
    }
  }
}

async function get({ url }: World, path: string) {
  const response = await fetch(url + path);
  return { status: response.status, cache: response.headers.get('cache-control'), body: await response.json() };
}

/** Asks until the keys projection is in that state and the answer has that status. */
async function until(world: World, status: number, state: string) {
  for (;;) {
    const answer = await get(world, '/readyz');
    if (answer.status === status && answer.body.projections.keys.state === state) return answer;
    await delay(25);
  }
}

it('a process that serves is alive and ready, and no cache keeps the answer', async () => {
  const world = await openWorld();
  const keys = { position: 0, state: 'ok' };
  expect(await get(world, '/livez')).toEqual({ status: 200, cache: 'no-store', body: { status: 'ok' } });
  expect(await get(world, '/readyz')).toMatchObject({
    status: 200,
    cache: 'no-store',
    body: { status: 'ok', verification: { ready: true }, mutations: { possible: true }, projections: { keys } },
  });
});

describe('a process whose projection has not caught up', () => {
  let store: MoodyFeed;
  let world: World;
  beforeAll(async () => {
    store = new MoodyFeed(new SqliteEventStore(':memory:'));
    world = await openWorld({ store, unready: true, env: { KEYLEDGER_STALENESS: '1s' } });
  });

  it('is alive, and not ready: it says what it waits for', async () => {
    expect(await get(world, '/livez')).toMatchObject({ status: 200 });
    expect(await get(world, '/readyz')).toMatchObject({
      status: 503,
      cache: 'no-store',
      body: {
        status: 'unavailable',
        verification: { ready: false, code: 'NOT_READY' },
        projections: { keys: { position: 0, state: 'filling' } },
      },
    });
  });

  it('answers no query from what may be outdated', async () => {
    const client = await world.client({});
    const { status, headers, errors } = await client.send('{ account { id } }');
    expect(status).toBe(503);
    expect(Number(headers.get('retry-after'))).toBeGreaterThan(0);
    expect(headers.get('cache-control')).toBe('no-store');
    expect(errors).toMatchObject([{ extensions: { code: 'NOT_READY' } }]);
  });

  it('is ready as soon as it has', async () => {
    store.change('well');
    expect(await until(world, 200, 'ok')).toMatchObject({ body: { status: 'ok' } });
    expect(await (await world.client({})).readAccount()).toMatchObject({ keys: [] });
  });

  it('is not ready once its store has failed for too long, says why, and logs it once', async () => {
    store.change('failing');
    expect(await until(world, 503, 'failing')).toMatchObject({
      body: {
        verification: { ready: false, code: 'STALE' },
        projections: { keys: { state: 'failing', code: 'STORE_UNAVAILABLE' } },
      },
    });
    expect(world.log().match(/"code":"STORE_UNAVAILABLE","msg":"The event store cannot be reached/g)).toHaveLength(1);
    store.change('well');
    expect(await until(world, 200, 'ok')).toMatchObject({ body: { status: 'ok' } });
    // It is said once the store has answered every projection.
    while (!world.log().includes('the event store answers again')) await delay(25);
  });
});
