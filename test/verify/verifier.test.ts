import { once } from 'node:events';
import type { RequestListener } from 'node:http';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import Fastify from 'fastify';
import { Hono } from 'hono';
import { createVerifier, type KeyledgerUnavailable, type VerifierOptions } from '../../src/verify/verifier.js';
import { cleanUpLater } from '../support/cleanup.js';
import { keepCollectingGarbage } from '../support/garbage.js';
import { ask, basic, bearer } from '../support/http.js';
import { openWorld, type World } from '../support/world.js';

let world: World;
beforeAll(async () => {
  world = await openWorld();
});

/** Longer than a busy machine takes to answer, in milliseconds. After the default time, the caller would get 503. */
const PATIENCE = 60_000;

/** A server in the place of Keyledger. Resolves with its address and with the connections that were made to it. */
async function standIn(listener: RequestListener) {
  const server = createServer(listener);
  const connections: unknown[] = [];
  server.on('connection', (socket) => connections.push(socket));
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  cleanUpLater(() => {
    server.closeAllConnections();
    server.close();
  });
  return { url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`, connections, server };
}

/** An answer as Keyledger gives it for a good key. */
const accept: RequestListener = (_, response) =>
  void response
    .writeHead(200, { 'x-keyledger-account': 'acme', 'x-keyledger-key-id': 'key_1', 'x-keyledger-scopes': '' })
    .end();

describe('whatever answers in the place of Keyledger', () => {
  const answers: [string, RequestListener][] = [
    ['200 without an account', (_, response) => response.end('ok')],
    ['200 without a key', (_, response) => response.writeHead(200, { 'x-keyledger-account': 'acme' }).end()],
    [
      '200 with an empty account',
      (_, response) => response.writeHead(200, { 'x-keyledger-account': '', 'x-keyledger-key-id': 'k' }).end(),
    ],
    ...[204, 302, 404, 418, 500, 502, 503, 504].map((status): [string, RequestListener] => [
      `${status} with all headers of a good key`,
      (_, response) =>
        void response
          .writeHead(status, { 'x-keyledger-account': 'acme', 'x-keyledger-key-id': 'key_1', location: '/elsewhere' })
          .end(),
    ]),
    ['nothing', () => undefined],
    [
      'headers and no end',
      (_, response) => void response.writeHead(200, { 'x-keyledger-account': 'a', 'x-keyledger-key-id': 'k' }).write('…'),
    ],
    ['no HTTP', ({ socket }) => void socket.end('no')],
    ['a closed connection', ({ socket }) => void socket.destroy()],
  ];

  it.each(answers)('nobody passes on %s; the caller gets 503, and the service hears of it', async (_, listener) => {
    const { url } = await standIn(listener);
    const heard: KeyledgerUnavailable[] = [];
    const verifier = createVerifier({ url, timeout: 500, onUnavailable: (error) => void heard.push(error) });
    const { key, refusal } = await verifier.verify('Bearer kls_secret');
    expect(key).toBeUndefined();
    expect(refusal).toMatchObject({ status: 503, headers: { 'retry-after': '2', 'content-type': 'application/problem+json' } });
    expect(heard.map(({ code, message }) => [code, message])).toEqual([
      ['KEYLEDGER_UNAVAILABLE', expect.stringContaining(`${url}/v1/verify`)],
    ]);
    expect(JSON.stringify([heard, refusal, heard.map(String)])).not.toContain('kls_');
  });

  it('that never ends is waited for no longer than it should be, also where garbage is collected meanwhile', async () => {
    const { url } = await standIn((_, response) => void response.writeHead(401).write('…'));
    keepCollectingGarbage();
    expect(await createVerifier({ url, timeout: 500 }).verify('Bearer kls_secret')).toMatchObject({ refusal: { status: 503 } });
  });

  it('a redirection takes the credentials nowhere', async () => {
    const seen: string[] = [];
    const other = await standIn((request, response) => {
      seen.push(request.url ?? '');
      accept(request, response);
    });
    const { url } = await standIn((_, response) => void response.writeHead(307, { location: other.url }).end());
    expect(await createVerifier({ url }).verify('Bearer kls_secret')).toMatchObject({ refusal: { status: 503 } });
    expect(seen).toEqual([]);
  });
});

it('sends the credentials in the header, to an address without a query', async () => {
  const seen: unknown[] = [];
  const { url } = await standIn((request, response) => {
    seen.push([request.method, request.url, request.headers.authorization, request.headers['x-forwarded-for']]);
    accept(request, response);
  });
  await createVerifier({ url: `${url}/behind/a/path`, timeout: PATIENCE }).verify('Bearer kls_secret', {
    address: '192.0.2.7',
    scopes: ['read'],
  });
  expect(seen).toEqual([['GET', '/behind/a/path/v1/verify', 'Bearer kls_secret', '192.0.2.7']]);
});

it.each(['Bearer kls_\n', 'Bearer kls_\0', 'Bearer kls_☃', 'Bearer\r\nx-keyledger-account: acme'])(
  'refuses credentials that no header can hold like any others: %j',
  async (authorization) => {
    const verifier = createVerifier({ url: world.url, timeout: PATIENCE });
    const { refusal } = await verifier.verify(authorization);
    expect(refusal).toMatchObject({ status: 401, headers: { 'www-authenticate': expect.stringContaining('Basic') } });
  },
);

it('uses connections again', async () => {
  const { url, connections } = await standIn(accept);
  const verifier = createVerifier({ url, timeout: PATIENCE });
  for (let asked = 0; asked < 20; asked += 1) expect((await verifier.verify('Bearer x')).key).toBeDefined();
  expect(connections.length).toBeLessThan(20);
});

it('asks again if a connection that was kept open is lost', async () => {
  let questions = 0;
  const { url } = await standIn((request, response) => {
    questions += 1;
    if (questions === 2) request.socket.destroy();
    else accept(request, response);
  });
  const verifier = createVerifier({ url, timeout: PATIENCE });
  await verifier.verify('Bearer x');
  expect((await verifier.verify('Bearer x')).key).toMatchObject({ account: 'acme' });
});

describe('the cache', () => {
  const verify = (options: Partial<VerifierOptions>, secret: string) => {
    const verifier = createVerifier({ url: world.url, timeout: PATIENCE, ...options });
    return async () => (await verifier.verify(`Bearer ${secret}`)).refusal?.status ?? 200;
  };

  it('is off unless it is asked for: a deleted key is refused at once', async () => {
    const client = await world.client({});
    const { key, secret } = await client.newKey();
    const status = verify({}, secret);
    expect(await status()).toBe(200);
    await client.deleteKey(key.keyId);
    expect(await status()).toBe(401);
  });

  it('lets a deleted key work for as long as it says, and no longer', async () => {
    const client = await world.client({});
    const { key, secret } = await client.newKey();
    const [long, short] = [60_000, 1000].map((deletedKeysWorkFor) => verify({ cache: { deletedKeysWorkFor } }, secret));
    expect([await long?.(), await short?.()]).toEqual([200, 200]);
    const answered = performance.now();
    await client.deleteKey(key.keyId);
    let accepted = answered;
    for (let asked = answered; (await short?.()) === 200; asked = performance.now()) accepted = asked;
    expect(accepted - answered).toBeLessThanOrEqual(1000);
    expect([await long?.(), await short?.()]).toEqual([200, 401]);
  });

  it('remembers no refusal: a key works as soon as Keyledger accepts it', async () => {
    let isKnown = false;
    const { url } = await standIn((request, response) => (isKnown ? accept(request, response) : response.writeHead(401).end()));
    const status = verify({ url, cache: { deletedKeysWorkFor: 60_000 } }, 'x');
    expect(await status()).toBe(401);
    isKnown = true;
    expect(await status()).toBe(200);
  });

  it('asks of each route what it requires, and Keyledger once', async () => {
    let questions = 0;
    const { url } = await standIn((request, response) => {
      questions += 1;
      accept(request, response);
    });
    const verifier = createVerifier({ url, timeout: PATIENCE, cache: { deletedKeysWorkFor: 60_000 } });
    expect((await verifier.verify('Bearer x')).key).toBeDefined();
    expect((await verifier.verify('Bearer x', { scopes: ['admin'] })).refusal?.status).toBe(403);
    expect(questions).toBe(1);
  });

  it.each(['0', '', 'soon', '-1'])('does not hold a key that ends in "%s" seconds', async (seconds) => {
    let questions = 0;
    const { url } = await standIn((request, response) => {
      questions += 1;
      response.setHeader('x-keyledger-expires-in', seconds);
      accept(request, response);
    });
    const status = verify({ url, cache: { deletedKeysWorkFor: 60_000 } }, 'x');
    expect([await status(), await status(), questions]).toEqual([200, 200, 2]);
  });
});

describe('keyOf', () => {
  it('fails where no middleware has verified a key, whatever the caller sends', async () => {
    const verifier = createVerifier({ url: world.url, timeout: PATIENCE });
    const app = Fastify();
    app.get('/open', (request) => verifier.keyOf(request).account);
    const { statusCode, body } = await app.inject({ url: '/open', headers: { 'x-keyledger-account': 'acme' } });
    expect([statusCode, body]).toEqual([500, expect.stringContaining('verified no key for this request')]);
  });

  it('does not know a key that another verifier has accepted', async () => {
    const { url } = await standIn(accept);
    const [lax, strict] = [createVerifier({ url, timeout: PATIENCE }), createVerifier({ url: world.url, timeout: PATIENCE })];
    const app = Fastify();
    app.addHook('onRequest', lax.fastify());
    app.get('/', { onRequest: strict.fastify() }, () => 'passed');
    expect((await app.inject({ url: '/', headers: { authorization: 'Bearer x' } })).statusCode).toBe(401);
  });
});

it('hides the credentials from what comes after it also in the views that Node makes of them', async () => {
  const { secret } = await (await world.client({})).newKey();
  const app = Fastify();
  app.addHook('onRequest', createVerifier({ url: world.url, timeout: PATIENCE }).fastify());
  app.post('/', ({ raw, headers, body }) => ({ raw: raw.rawHeaders, distinct: raw.headersDistinct, headers, body }));
  const url = await app.listen({ host: '127.0.0.1', port: 0 });
  cleanUpLater(() => app.close());
  const headers = [...bearer(secret), 'X-Keyledger-Expires-In', 'forged', 'Content-Type', 'text/plain', 'X-Last', 'kept'];
  const answer = await ask(url, { method: 'POST', headers, body: 'a body' });
  expect(answer.status).toBe(200);
  expect(answer.body).not.toMatch(/authorization|kls_|forged/i);
  expect(JSON.parse(answer.body)).toMatchObject({
    body: 'a body',
    headers: { 'x-last': 'kept' },
    distinct: { 'x-last': ['kept'] },
  });
});

it('leaves the body of a request to the handlers of Hono', async () => {
  const { key, secret } = await (await world.client({})).newKey();
  const app = new Hono();
  app.use(createVerifier({ url: world.url, timeout: PATIENCE }).hono());
  app.post('/', async (c) =>
    c.text(`${await c.req.text()} ${c.req.header('x-keyledger-key-id')} ${c.req.header('authorization')}`),
  );
  const headers = { authorization: basic(key.keyId, secret)[1] ?? '' };
  const answer = await app.request('/', { method: 'POST', headers, body: 'a body' });
  expect(await answer.text()).toBe(`a body ${key.keyId} undefined`);
});

it('passes two Authorization headers on as two, which Keyledger refuses', async () => {
  const { secret } = await (await world.client({})).newKey();
  const verifier = createVerifier({ url: world.url, timeout: PATIENCE });
  const server = createServer(verifier.node((_, response) => response.end('passed'))).listen(0, '127.0.0.1');
  await once(server, 'listening');
  cleanUpLater(() => server.close());
  const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  expect((await ask(url, { headers: bearer(secret) })).body).toBe('passed');
  expect((await ask(url, { headers: [...bearer(secret), ...bearer('other')] })).status).toBe(401);
});
