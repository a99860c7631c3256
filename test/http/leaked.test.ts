import { newKeyMaterial } from '../../src/domain/secret.js';
import { streamOf } from '../../src/store/codec.js';
import { StoreUnavailable } from '../../src/store/event-store.js';
import { SqliteEventStore } from '../../src/store/sqlite.js';
import { ask, bearer } from '../support/http.js';
import { eventsOf, LosingAnswers, StoppableFeed } from '../support/store-doubles.js';
import { openWorld, type World } from '../support/world.js';

const JSON_TYPE = ['Content-Type', 'application/json'];
const FORM = ['Content-Type', 'application/x-www-form-urlencoded'];

const post = ({ url }: World, body: string, headers: string[] = JSON_TYPE) =>
  ask(`${url}/v1/leaked`, { method: 'POST', headers, body });
const report = (world: World, secret: string) => post(world, JSON.stringify({ secret }));
const statusOf = async ({ url }: World, secret: string) => (await ask(`${url}/v1/verify`, { headers: bearer(secret) })).status;

async function worldOn(store = new SqliteEventStore(':memory:'), env = {}) {
  const world = await openWorld({ store, env });
  return { store, world, client: await world.client({}) };
}

it.each<[string, (secret: string) => [body: string, headers: string[]]]>([
  ['JSON', (secret) => [JSON.stringify({ secret }), JSON_TYPE]],
  ['a form', (secret) => [`secret=${secret}`, FORM]],
])('whoever holds a secret can have its key deleted, by %s: refused by the time it is answered', async (_, format) => {
  const { world, client } = await worldOn();
  const { secret } = await client.newKey();
  expect(await statusOf(world, secret)).toBe(200);
  expect(await post(world, ...format(secret))).toMatchObject({ status: 200, body: '' });
  expect(await statusOf(world, secret)).toBe(401);
  expect((await client.readAccount()).keys).toEqual([]);
});

it('writes why and by whom, once, and never the secret', async () => {
  const { store, world, client } = await worldOn();
  const { key, secret } = await client.newKey();
  const { headers } = await report(world, secret);
  await report(world, secret);
  const events = await eventsOf(store, streamOf('apiKeys', client.account));
  expect(events).toHaveLength(2);
  expect(events[1]).toMatchObject({
    type: 'KeyDeleted',
    data: { keyId: key.keyId, reason: 'LEAKED' },
    metadata: { actor: 'anonymous:leak-report', correlationId: headers['x-request-id'] },
  });
  expect(JSON.stringify(events) + world.log()).not.toContain(secret);
});

it('answers the same, byte for byte, whether there was such a key, is one no more, or never was one', async () => {
  const { world, client } = await worldOn();
  const { secret } = await client.newKey();
  const reports = [secret, secret, newKeyMaterial().secret, 'malformed', '', '\0', 'x'.repeat(10_000)];
  const wires = new Set<string>();
  for (const each of reports) wires.add((await report(world, each)).wire);
  expect(wires.size).toBe(1);
});

it('deletes once when many report at once, and all hear the same', async () => {
  const { store, world, client } = await worldOn();
  const { secret } = await client.newKey();
  const answers = await Promise.all(Array.from({ length: 20 }, () => report(world, secret)));
  expect(new Set(answers.map(({ wire }) => wire)).size).toBe(1);
  expect(await eventsOf(store, streamOf('apiKeys', client.account))).toHaveLength(2);
});

it('deletes an expired key too', async () => {
  let now = Date.now();
  const world = await openWorld({ clock: () => now });
  const client = await world.client({});
  const { secret } = await client.newKey({ name: 'short', expiresAt: new Date(now + 1000).toISOString() });
  now += 1000;
  await report(world, secret);
  expect((await client.readAccount()).keys).toEqual([]);
});

it('refuses the key here from the moment the report is answered although the feed has stopped, and hears a second', async () => {
  const store = new StoppableFeed(new SqliteEventStore(':memory:'));
  const world = await openWorld({ store, env: { KEYLEDGER_DEADLINE: '1s' } });
  const { secret } = await (await world.client({})).newKey();
  store.stopped = true;
  const { status, wire } = await report(world, secret);
  expect(status).toBe(200);
  expect(await statusOf(world, secret)).toBe(401);
  expect((await report(world, secret)).wire).toBe(wire);
});

it('is a problem with 503 while the store does not answer, and the key lives until a report is heard', async () => {
  const store = new LosingAnswers(new SqliteEventStore(':memory:'));
  const world = await openWorld({ store, env: { KEYLEDGER_DEADLINE: '1s' } });
  const { secret } = await (await world.client({})).newKey();
  store.faults.push(...Array.from({ length: 1000 }, () => ({ error: new StoreUnavailable(), written: false })));
  const answer = await report(world, secret);
  expect(answer.status).toBe(503);
  expect(Number(answer.headers['retry-after'])).toBeGreaterThan(0);
  expect(answer.headers['content-type']).toMatch(/^application\/problem\+json/);
  expect(await statusOf(world, secret)).toBe(200);
  store.faults.length = 0;
  expect((await report(world, secret)).status).toBe(200);
  expect(await statusOf(world, secret)).toBe(401);
});

it.each<[name: string, body: string, headers: string[], status: number]>([
  ['no body', '', [], 415],
  ['bad JSON', '{"secret":', JSON_TYPE, 400],
  ['JSON without a secret', '{"token":"x"}', JSON_TYPE, 400],
  ['a secret that is no text', '{"secret":["x"]}', JSON_TYPE, 400],
  ['null', 'null', JSON_TYPE, 400],
  ['a prototype', '{"__proto__":{"secret":"x"}}', JSON_TYPE, 400],
  ['a form without a secret', 'token=x', FORM, 400],
  ['a form with two', 'secret=x&secret=y', FORM, 400],
  ['text', 'kls_', ['Content-Type', 'text/plain'], 400],
  ['another type', '<secret/>', ['Content-Type', 'application/xml'], 415],
  ['no type', 'x', ['Content-Type', ':'], 415],
  ['too much', JSON.stringify({ secret: 'x'.repeat(70_000) }), JSON_TYPE, 413],
])('refuses %s with a problem', async (_, body, headers, status) => {
  const { world } = await worldOn();
  const answer = await post(world, body, headers);
  expect(answer.status).toBe(status);
  expect(answer.headers['content-type']).toMatch(/^application\/problem\+json/);
  expect(JSON.parse(answer.body)).toMatchObject({ type: 'about:blank', status });
});

it.each(['GET', 'PUT', 'DELETE'])('refuses %s with 405', async (method) => {
  const { world } = await worldOn();
  expect(await ask(`${world.url}/v1/leaked`, { method })).toMatchObject({ status: 405, headers: { allow: 'POST' } });
});

it('hears sixty reports of a client at once, then answers 429 with Retry-After', async () => {
  const { world } = await worldOn();
  let answer = await report(world, 'x');
  let heard = 0;
  for (; answer.status === 200 && heard < 1000; heard += 1) answer = await report(world, 'x');
  expect(heard).toBeGreaterThanOrEqual(60);
  expect(answer.status).toBe(429);
  expect(answer.headers['content-type']).toMatch(/^application\/problem\+json/);
  expect(Number(answer.headers['retry-after'])).toBeGreaterThan(0);
});
