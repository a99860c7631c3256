import { once } from 'node:events';
import { connect, type Socket } from 'node:net';
import { text } from 'node:stream/consumers';
import { setTimeout as delay } from 'node:timers/promises';
import { type ErrorCode, meaningOf } from '../../src/shared/error-codes.js';
import { LogSealed, OutcomeUnknown, StoreUnavailable } from '../../src/store/event-store.js';
import { SqliteEventStore } from '../../src/store/sqlite/sqlite.js';
import { SHORT_DEADLINE } from '../support/cleanup.js';
import { ask, type PlainAnswer, type Question } from '../support/http.js';
import { mutationInFlight } from '../support/in-flight.js';
import { expectProblem } from '../support/problem.js';
import { HangingAppends, LosingAnswers } from '../support/store-doubles.js';
import { openWorld, type World } from '../support/world.js';

const JSON_TYPE = ['Content-Type', 'application/json'];

let world: World;
beforeAll(async () => {
  world = await openWorld();
});

const ours = () => ['Origin', world.url];
const session = (body: string, headers: string[] = [...ours(), ...JSON_TYPE]): Question => ({ method: 'POST', headers, body });

it.each<[what: string, code: ErrorCode, path: string, question: () => Question]>([
  ['an address with nothing at it', 'NOT_FOUND', '/nothing', () => ({})],
  ['a path in another case', 'NOT_FOUND', '/V1/verify', () => ({})],
  ['an asset that is not there', 'NOT_FOUND', '/assets/x.js', () => ({})],
  ['a method that HTTP itself does not have', 'NOT_FOUND', '/v1/verify', () => ({ method: 'PROPFIND' })],
  ['an address that is no URL', 'BAD_REQUEST', '/', () => ({ path: '/%zz' })],
  ['a page that is not ours', 'FOREIGN_ORIGIN', '/auth/session', () => session('{}', JSON_TYPE)],
  ['a page that is not ours, at the end', 'FOREIGN_ORIGIN', '/auth/sign-out', () => ({ method: 'POST' })],
  ['a session by GET', 'METHOD_NOT_ALLOWED', '/auth/session', () => ({})],
  ['a sign-out by GET', 'METHOD_NOT_ALLOWED', '/auth/sign-out', () => ({})],
  ['a session without a ticket', 'BAD_REQUEST', '/auth/session', () => session('{}')],
  ['a session of broken JSON', 'BAD_REQUEST', '/auth/session', () => session('{')],
  ['a session of XML', 'UNSUPPORTED_MEDIA_TYPE', '/auth/session', () => session('<a/>', [...ours(), 'Content-Type', 'a/xml'])],
  ['a session of a large body', 'BODY_TOO_LARGE', '/auth/session', () => session(`"${'x'.repeat(70_000)}"`)],
  ['a ticket that is unknown', 'TICKET_NOT_VALID', '/auth/session', () => session('{"ticket":"x"}')],
  ['verification without credentials', 'UNAUTHENTICATED', '/v1/verify', () => ({})],
  ['introspection where it is off', 'INTROSPECTION_OFF', '/v1/introspect', () => ({ method: 'POST' })],
  ['a report without a secret', 'NO_SECRET', '/v1/leaked', () => ({ method: 'POST', headers: JSON_TYPE, body: '{}' })],
  ['a checkpoint where there is none', 'NO_CHECKPOINT', '/v1/checkpoint', () => ({})],
])('answers %s with the problem %s', async (_what, code, path, question) => {
  expectProblem(await ask(world.url + path, question()), code);
});

it.each<[code: ErrorCode, error: Error]>([
  ['STORE_UNAVAILABLE', new StoreUnavailable()],
  ['OUTCOME_UNKNOWN', new OutcomeUnknown()],
  ['LOG_SEALED', new LogSealed()],
  ['INTERNAL_SERVER_ERROR', new TypeError('x')],
])('tells apart why a report is not heard: %s', async (code, error) => {
  const store = new LosingAnswers(new SqliteEventStore(':memory:'));
  const { url, client } = await openWorld({ store, env: SHORT_DEADLINE });
  const { secret } = await (await client({})).newKey();
  store.faults.push(...Array.from({ length: 1000 }, () => ({ error, written: false })));
  const answer = await ask(`${url}/v1/leaked`, { method: 'POST', headers: JSON_TYPE, body: JSON.stringify({ secret }) });
  expectProblem(answer, code);
  expect(answer.headers['retry-after']).toBe(meaningOf(code).retryAfter?.toString());
  expect(answer.wire).not.toContain('idempotencyKey');
});

describe('behind a proxy', () => {
  const PUBLIC = 'https://keys.example.com';

  it.each<[what: string, code: ErrorCode, path: string]>([
    ['a refusal that the proxy passes on to clients of another service', 'UNAUTHENTICATED', '/v1/verify'],
    ['an address with nothing at it', 'NOT_FOUND', '/nothing'],
    ['an address that is no URL', 'BAD_REQUEST', '/%zz'],
  ])('%s names the address of its explanation in full', async (_what, code, path) => {
    const { url } = await openWorld({ env: { KEYLEDGER_PUBLIC_URL: PUBLIC } });
    expectProblem(await ask(url, { path }), code, PUBLIC);
  });

  it('so does the answer to what is no request of HTTP', async () => {
    const proxied = await openWorld({ env: { KEYLEDGER_PUBLIC_URL: PUBLIC } });
    expectProblem(await received(await opened(proxied, 'nonsense\r\n\r\n')), 'BAD_REQUEST', PUBLIC);
  });
});

describe('what is no request of HTTP', () => {
  const send = async (bytes: string): Promise<PlainAnswer> => received(await opened(world, bytes));

  it.each([
    ['that cannot be read', 'BAD_REQUEST', 'nonsense\r\n\r\n'],
    ['with a header that is none', 'BAD_REQUEST', 'GET / HTTP/1.1\r\nHost: a\r\nno header\r\n\r\n'],
    ['with too many headers', 'HEADERS_TOO_LARGE', `GET / HTTP/1.1\r\nHost: a\r\nX: ${'x'.repeat(20_000)}\r\n\r\n`],
  ] as const)('is answered with a problem too: one %s', async (_what, code, bytes) => {
    expectProblem(await send(bytes), code);
  });
});

it('refuses what comes while it shuts down, in the form of the address, and lets the rest finish', async () => {
  const store = new HangingAppends(new SqliteEventStore(':memory:'), 'apiKeys-');
  const closing = await openWorld({ store, env: { KEYLEDGER_DEADLINE: '5m' } });
  const half = await Promise.all(
    ['GET /v1/verify', 'GET /graphql'].map((line) => opened(closing, `${line} HTTP/1.1\r\nHost: a\r\n`)),
  );
  const answer = await mutationInFlight(await closing.client({}));
  const stopped = closing.stop();
  while (await canConnect(closing)) await delay(25);
  const [verify, graphql] = await Promise.all(
    half.map((socket) => {
      socket.write('\r\n');
      return received(socket);
    }),
  );
  if (!verify || !graphql) throw new Error('An answer is missing.');
  expectProblem(verify, 'SHUTTING_DOWN');
  expect(verify.headers['retry-after']).toBe('2');
  expect(graphql.status).toBe(503);
  expect(JSON.parse(graphql.body).errors).toMatchObject([{ extensions: { code: 'SHUTTING_DOWN' } }]);
  store.release();
  expect(JSON.parse(await answer())).toMatchObject({ data: { createKey: { __typename: 'CreateKeyPayload' } } });
  await stopped;
});

/** A connection on which these bytes were sent. */
async function opened({ url }: World, bytes: string): Promise<Socket> {
  const socket = connect(Number(new URL(url).port), '127.0.0.1');
  await once(socket, 'connect');
  socket.write(bytes);
  return socket;
}

/** Everything received until the connection ends. */
async function received(socket: Socket): Promise<PlainAnswer> {
  const wire = await text(socket);
  const [head = '', body = ''] = wire.split('\r\n\r\n');
  const [status = '', ...lines] = head.split('\r\n');
  const headers = Object.fromEntries(
    lines.map((line) => [line.slice(0, line.indexOf(':')).toLowerCase(), line.slice(line.indexOf(':') + 1).trim()]),
  );
  return { status: Number(status.split(' ')[1]), headers, body, wire };
}

async function canConnect({ url }: World): Promise<boolean> {
  const socket = connect(Number(new URL(url).port), '127.0.0.1');
  try {
    await once(socket, 'connect');
    return true;
  } catch {
    return false;
  } finally {
    socket.destroy();
  }
}
