import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { newKeyMaterial } from '../../../src/domain/keys/secret.js';
import { TransparencyProjection } from '../../../src/projections/transparency/transparency.js';
import Database from '../../../src/shared/sqlite.js';
import { SqliteEventStore } from '../../../src/store/sqlite/sqlite.js';
import { streamOf } from '../../../src/store/streams.js';
import { temporaryDirectory } from '../../support/cleanup.js';
import type { Client } from '../../support/client.js';
import { ask, basic, bearer } from '../../support/http.js';
import { at, DAY } from '../../support/specification.js';
import { eventsOf } from '../../support/store-doubles.js';
import { recordUsage, used } from '../../support/usage-events.js';
import { openFilledWorld, type World } from '../../support/world.js';

interface Usage {
  lastUsedAt: string | null;
  usage: { day: string; count: number }[];
}

const TOKEN = `machine-${'x'.repeat(32)}`;
const FORM = ['Content-Type', 'application/x-www-form-urlencoded'];

let now: number;
let dataDirectory: string;
let world: World;
let owner: Client;
let keyId: string;
let secret: string;
beforeEach(async () => {
  now = Date.parse('2026-03-01T12:00:00Z');
  dataDirectory = temporaryDirectory();
  world = await open();
  owner = await world.client({});
  ({
    secret,
    key: { keyId },
  } = await owner.newKey({ name: 'used', scopes: ['read'] }));
});
afterEach(() => world.stop());

/** A world with all projections filled. */
function open(): Promise<World> {
  return openFilledWorld({ dataDirectory, clock: () => now, env: { KEYLEDGER_INTROSPECTION_TOKEN: TOKEN } });
}

/** Writes all counted uses, and starts the server again. A server that stops writes them too, but not for longer than two seconds. */
async function flush(): Promise<void> {
  await world.app.write.uses.flush();
  await world.stop();
  world = await open();
  owner = await world.client({ account: owner.account });
}

async function verify(headers: string[], query = ''): Promise<number> {
  return (await ask(`${world.url}/v1/verify${query}`, { headers })).status;
}

async function introspect(token: string): Promise<boolean> {
  const body = new URLSearchParams({ token }).toString();
  const answer = await ask(`${world.url}/v1/introspect`, { method: 'POST', headers: [...bearer(TOKEN), ...FORM], body });
  return JSON.parse(answer.body).active;
}

/** The usage of the account's oldest key. */
async function usage(args = '(days: 1)'): Promise<Usage> {
  const { data, errors } = await owner.send<{ account: { keys: Usage[] } }>(
    `{ account { keys { lastUsedAt usage${args} { day count } } } }`,
  );
  const [first] = data?.account.keys ?? [];
  if (!first) throw new Error(JSON.stringify(errors));
  return first;
}

const today = async () => (await usage()).usage[0]?.count;

it('counts every time that the key authenticated, by verification and introspection, and knows when last', async () => {
  expect(await verify(basic(keyId, secret))).toBe(200);
  now += 1;
  expect(await verify(bearer(secret), '?scope=read')).toBe(200);
  now += 1;
  expect(await introspect(secret)).toBe(true);
  now += 1;
  expect(await introspect(`${keyId}:${secret}`)).toBe(true);
  const last = now;
  now += 1;
  await flush();
  expect(await usage()).toEqual({ lastUsedAt: at(last), usage: [{ day: '2026-03-01', count: 4 }] });
});

it('counts a key that proved good and lacks a scope: whoever holds it has used it', async () => {
  expect(await verify(bearer(secret), '?scope=write')).toBe(403);
  await flush();
  expect(await usage()).toEqual({ lastUsedAt: at(now), usage: [{ day: '2026-03-01', count: 1 }] });
});

it('counts nothing that was refused, and nothing that was done by other means', async () => {
  const wrong = newKeyMaterial().secret;
  expect(await verify(basic(keyId, wrong))).toBe(401);
  expect(await verify(bearer(wrong))).toBe(401);
  expect(await verify([])).toBe(401);
  expect(await introspect(`${keyId}:${wrong}`)).toBe(false);
  const { key, secret: shortLived } = await owner.newKey({ name: 'short', expiresAt: at(now + 1000) });
  now += 1000;
  expect(await verify(basic(key.keyId, shortLived))).toBe(401);
  expect(await introspect(shortLived)).toBe(false);
  await owner.deleteKey(key.keyId);
  expect(await verify(bearer(shortLived))).toBe(401);
  await flush();
  expect(await usage()).toEqual({ lastUsedAt: null, usage: [{ day: '2026-03-01', count: 0 }] });
  const store = new SqliteEventStore(join(dataDirectory, 'events.db'));
  for await (const page of store.readAll('apiKeyUsage')) expect(page).toEqual([]);
  await store.close();
});

it('shows the last days, the earliest first, also those without use, and 30 unless told otherwise', async () => {
  for (const count of [2, 0, 3]) {
    for (let use = 0; use < count; use += 1) await verify(bearer(secret));
    now += DAY;
  }
  now -= DAY;
  await flush();
  const all = (await usage('(days: 366)')).usage;
  expect(all).toHaveLength(366);
  expect(all.slice(-5)).toEqual([
    { day: '2026-02-27', count: 0 },
    { day: '2026-02-28', count: 0 },
    { day: '2026-03-01', count: 2 },
    { day: '2026-03-02', count: 0 },
    { day: '2026-03-03', count: 3 },
  ]);
  expect(all[0]).toEqual({ day: '2025-03-03', count: 0 });
  expect((await usage('(days: 2)')).usage).toEqual(all.slice(-2));
  for (const args of ['', '(days: null)']) expect((await usage(args)).usage).toEqual(all.slice(-30));
});

it('counts a use for its own day on either side of midnight in UTC', async () => {
  now = Date.parse('2026-03-01T23:59:59.999Z');
  await verify(bearer(secret));
  now += 1;
  await verify(bearer(secret));
  await verify(bearer(secret));
  await flush();
  expect(await usage('(days: 2)')).toEqual({
    lastUsedAt: '2026-03-02T00:00:00.000Z',
    usage: [
      { day: '2026-03-01', count: 1 },
      { day: '2026-03-02', count: 2 },
    ],
  });
});

it.each([0, -1, 367])('refuses %d days', async (days) => {
  const { errors } = await owner.send(`{ account { keys { usage(days: ${days}) { count } } } }`);
  expect(errors).toMatchObject([
    { message: 'days must be from 1 to 366', extensions: { code: 'BAD_USER_INPUT', path: ['days'] } },
  ]);
});

it('shows the largest number that an Int can be where a key was used more often', async () => {
  const store = new SqliteEventStore(join(dataDirectory, 'events.db'));
  await recordUsage(store, used([[keyId, 2 ** 31, 0, 0]], [[0, 2 ** 31]], '2026-03-01'));
  await store.close();
  while ((await today()) === 0) await delay(25);
  expect(await today()).toBe(2 ** 31 - 1);
});

it('is remembered of a deleted key', async () => {
  await verify(bearer(secret));
  const last = now;
  now += 1000;
  await owner.deleteKey(keyId);
  await flush();
  const query = '{ account { deletedKeys { edges { node { keyId lastUsedAt } } } } }';
  const { data } = await owner.send<{ account: { deletedKeys: { edges: unknown[] } } }>(query);
  expect(data?.account.deletedKeys.edges).toEqual([{ node: { keyId, lastUsedAt: at(last) } }]);
});

it("is kept out of the account's stream, of the history and of the tree", async () => {
  const events = async () => {
    const store = new SqliteEventStore(join(dataDirectory, 'events.db'));
    const stored = await eventsOf(store, streamOf('apiKeys', owner.account));
    await store.close();
    return stored.map(({ type }) => type);
  };
  const database = new Database(join(dataDirectory, 'projections.db'));
  const tree = new TransparencyProjection(database);
  while (tree.size() < 1) await delay(25);
  const root = tree.root(1);
  for (let use = 0; use < 3; use += 1) await verify(bearer(secret));
  await flush();
  expect(await today()).toBe(3);
  expect(await events()).toEqual(['KeyCreated']);
  expect(tree.size()).toBe(1);
  expect(tree.root(1)).toEqual(root);
  const { data } = await owner.send('{ events { edges { node { __typename } } } }');
  expect(data).toEqual({ events: { edges: [{ node: { __typename: 'KeyCreated' } }] } });
  database.close();
});
