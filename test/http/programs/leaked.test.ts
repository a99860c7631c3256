import { newKeyMaterial } from '../../../src/domain/keys/secret.js';
import type { ErrorCode } from '../../../src/shared/error-codes.js';
import { type EventStore, type NewEvent, StoreUnavailable } from '../../../src/store/event-store.js';
import { SqliteEventStore } from '../../../src/store/sqlite/sqlite.js';
import { streamOf } from '../../../src/store/streams.js';
import { SHORT_DEADLINE } from '../../support/cleanup.js';
import { ask, bearer } from '../../support/http.js';
import { expectProblem } from '../../support/problem.js';
import { eventsOf, LosingAnswers, StoppableFeed, StoreDouble } from '../../support/store-doubles.js';
import { openWorld, type World } from '../../support/world.js';

const JSON_TYPE = ['Content-Type', 'application/json'];
const FORM = ['Content-Type', 'application/x-www-form-urlencoded'];

const post = ({ url }: World, body: string | Buffer, headers: string[] = JSON_TYPE) =>
  ask(`${url}/v1/leaked`, { method: 'POST', headers, body });
const report = (world: World, secret: string) => post(world, JSON.stringify({ secret }));
const statusOf = async ({ url }: World, secret: string) => (await ask(`${url}/v1/verify`, { headers: bearer(secret) })).status;

async function worldOn(store: EventStore = new SqliteEventStore(':memory:'), env = {}) {
  const world = await openWorld({ store, env });
  return { store, world, client: await world.client({}) };
}

const TEXT = ['Content-Type', 'text/plain; charset=utf-8'];

/** The body that GitHub's secret scanning sends to issuers of secrets. */
const alerts = (secrets: string[]) =>
  secrets.map((token) => ({
    token,
    type: 'keyledger_secret',
    url: 'https://github.com/octocat/hello/blob/12/.env',
    source: 'content',
  }));

const escaped = (secret: string) => secret.replace(/./g, (each) => `\\u00${each.charCodeAt(0).toString(16)}`);

it.each<[string, (secret: string) => [body: string | Buffer, headers: string[]]]>([
  ['JSON', (secret) => [JSON.stringify({ secret }), JSON_TYPE]],
  ['a form', (secret) => [`secret=${secret}`, FORM]],
  ['a form with two fields and blanks', (secret) => [`a=b&secret=+${secret}%0A&secret=x`, FORM]],
  ['a form that encodes everything', (secret) => [`x=${escaped(secret).replaceAll('\\u00', '%')}`, FORM]],
  ['text', (secret) => [secret, TEXT]],
  ['text with white space around it', (secret) => [`\r\n \t${secret} \n`, TEXT]],
  ['an assignment', (secret) => [`export API_KEY=${secret}`, TEXT]],
  ['a quoted assignment', (secret) => [`API_KEY='${secret}'; run`, TEXT]],
  ['a line of a log', (secret) => [`10.0.0.1 - - [26/Nov/2026] "GET /?key=${secret}&x=1 HTTP/1.1" 200`, TEXT]],
  ['a URL with everything encoded', (secret) => [encodeURIComponent(`https://u:${secret}@x.example/?k=${secret}`), TEXT]],
  ['the alert of a secret scanner', (secret) => [JSON.stringify(alerts([secret])), JSON_TYPE]],
  ['JSON of another shape', (secret) => [JSON.stringify([{ a: { b: [null, 1, `x ${secret}`] } }]), JSON_TYPE]],
  ['JSON that names it', (secret) => [JSON.stringify({ [secret]: true }), JSON_TYPE]],
  ['JSON that is escaped', (secret) => [`{"secret":"${escaped(secret)}"}`, JSON_TYPE]],
  ['JSON that is text', (secret) => [JSON.stringify(secret), JSON_TYPE]],
  ['bad JSON', (secret) => [`{"secret": ${secret}`, JSON_TYPE]],
  ['lines of JSON', (secret) => [`{}\n{"secret":"${secret}"}\n`, ['Content-Type', 'application/x-ndjson']]],
  ['XML', (secret) => [`<secret>${secret}</secret>`, ['Content-Type', 'application/xml']]],
  [
    'a file',
    (secret) => [
      `--x\r\nContent-Disposition: form-data; name="f"\r\n\r\n${secret}\r\n--x--`,
      ['Content-Type', 'multipart/form-data; boundary=x'],
    ],
  ],
  ['UTF-16', (secret) => [Buffer.from(`\ufeffAPI_KEY=${secret}\r\n`, 'utf16le'), TEXT]],
  ['bytes that are no text', (secret) => [Buffer.concat([Buffer.from([0xff, 0x00, 0x80]), Buffer.from(secret)]), TEXT]],
  ['no type', (secret) => [secret, []]],
  ['a type that is none', (secret) => [secret, ['Content-Type', 'json']]],
  ['words around it', (secret) => [`before${secret}after`, TEXT]],
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
  const others = Array.from({ length: 5 }, () => newKeyMaterial().secret);
  const wires = new Set<string>();
  for (const each of [secret, secret, ...others, others.join(' ')]) wires.add((await report(world, each)).wire);
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
  // A report waits for the feed, and the key must not be stale after that.
  const world = await openWorld({ store, env: { ...SHORT_DEADLINE, KEYLEDGER_STALENESS: '5m' } });
  const { secret } = await (await world.client({})).newKey();
  store.stopped = true;
  const { status, wire } = await report(world, secret);
  expect(status).toBe(200);
  expect(await statusOf(world, secret)).toBe(401);
  expect((await report(world, secret)).wire).toBe(wire);
});

it('is a problem with 503 while the store does not answer, and the key lives until a report is heard', async () => {
  const store = new LosingAnswers(new SqliteEventStore(':memory:'));
  const world = await openWorld({ store, env: SHORT_DEADLINE });
  const { secret } = await (await world.client({})).newKey();
  store.faults.push(...Array.from({ length: 1000 }, () => ({ error: new StoreUnavailable(), written: false })));
  const answer = await report(world, secret);
  expectProblem(answer, 'STORE_UNAVAILABLE');
  expect(Number(answer.headers['retry-after'])).toBeGreaterThan(0);
  expect(await statusOf(world, secret)).toBe(200);
  store.faults.length = 0;
  expect((await report(world, secret)).status).toBe(200);
  expect(await statusOf(world, secret)).toBe(401);
});

/** A store that refuses appends to one of its streams. */
class Unwritable extends StoreDouble {
  stream: string | undefined;

  override async append(stream: string, version: number, events: NewEvent[], signal?: AbortSignal): Promise<number> {
    if (stream === this.stream) throw new StoreUnavailable();
    return this.store.append(stream, version, events, signal);
  }
}

it('does not say that nothing was changed where one key of two was deleted; the next report deletes the other', async () => {
  const store = new Unwritable(new SqliteEventStore(':memory:'));
  const { world, client } = await worldOn(store, SHORT_DEADLINE);
  const { secret: living } = await client.newKey();
  const { secret: deleted } = await (await world.client({})).newKey();
  store.stream = streamOf('apiKeys', client.account);
  expectProblem(await post(world, `${living} ${deleted}`), 'OUTCOME_UNKNOWN');
  expect([await statusOf(world, living), await statusOf(world, deleted)]).toEqual([200, 401]);
  store.stream = undefined;
  expect((await post(world, `${living} ${deleted}`)).status).toBe(200);
  expect(await statusOf(world, living)).toBe(401);
});

const typo = (secret: string) => secret.replace(/.$/, (last) => (last === '0' ? '1' : '0'));

it.each<[name: string, code: ErrorCode, body: string, headers?: string[]]>([
  ['no body', 'NO_SECRET', ''],
  ['no body and no type', 'NO_SECRET', '', []],
  ['an empty secret', 'NO_SECRET', '{"secret":""}'],
  ['text that is none', 'NO_SECRET', 'kls_'],
  ['bad JSON', 'NO_SECRET', '{"secret":'],
  ['a prototype', 'NO_SECRET', '{"__proto__":{"secret":"x"}}'],
  ['a secret with a typing error', 'NO_SECRET', typo(newKeyMaterial().secret)],
  ['a secret cut short', 'NO_SECRET', newKeyMaterial().secret.slice(0, -1)],
  ['too much', 'BODY_TOO_LARGE', ' '.repeat(70_000) + newKeyMaterial().secret],
  ['too many secrets', 'TOO_MANY_SECRETS', Array.from({ length: 101 }, () => newKeyMaterial().secret).join(' ')],
])('refuses %s with a problem', async (_, code, body, headers = JSON_TYPE) => {
  const { world } = await worldOn();
  expectProblem(await post(world, body, headers), code);
});

it('does nothing where a report holds more secrets than one may', async () => {
  const { store, world, client } = await worldOn();
  const { secret } = await client.newKey();
  const others = Array.from({ length: 100 }, () => newKeyMaterial().secret);
  expectProblem(await post(world, [secret, ...others].join('\n')), 'TOO_MANY_SECRETS');
  expect(await statusOf(world, secret)).toBe(200);
  expect(await eventsOf(store, streamOf('apiKeys', client.account))).toHaveLength(1);
});

it('deletes every key of a report at once, of one account and of many', async () => {
  const { world, client } = await worldOn();
  const clients = await Promise.all([client, client, ...Array.from({ length: 4 }, () => world.client({}))]);
  const secrets: string[] = [];
  for (const each of clients) secrets.push((await each.newKey()).secret);
  const unknown = Array.from({ length: 94 }, () => newKeyMaterial().secret);
  expect((await post(world, JSON.stringify(alerts([...secrets, ...unknown])))).status).toBe(200);
  for (const secret of secrets) expect(await statusOf(world, secret)).toBe(401);
});

it.each(['GET', 'PUT', 'DELETE'])('refuses %s with 405', async (method) => {
  const { world } = await worldOn();
  expect(await ask(`${world.url}/v1/leaked`, { method })).toMatchObject({ status: 405, headers: { allow: 'POST' } });
});

it('hears of a hundred secrets of a client at once, then answers 429 with Retry-After', async () => {
  const { world } = await worldOn();
  const { secret } = newKeyMaterial();
  let answer = await report(world, secret);
  let heard = 0;
  for (; answer.status === 200 && heard < 1000; heard += 1) answer = await report(world, secret);
  expect(heard).toBeGreaterThanOrEqual(100);
  expectProblem(answer, 'RATE_LIMITED');
  expect(Number(answer.headers['retry-after'])).toBeGreaterThan(0);
});

it('counts every secret of a report, and refuses the whole of one that is over the limit', async () => {
  const { world, client } = await worldOn();
  const { secret } = await client.newKey();
  const some = Array.from({ length: 60 }, () => newKeyMaterial().secret);
  expect((await post(world, some.join(' '))).status).toBe(200);
  expectProblem(await post(world, [secret, ...some].join(' ')), 'RATE_LIMITED');
  expect(await statusOf(world, secret)).toBe(200);
  expect((await report(world, secret)).status).toBe(200);
  expect(await statusOf(world, secret)).toBe(401);
});
