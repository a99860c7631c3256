import fc from 'fast-check';
import { SignInTickets } from '../../src/auth/sign-in-tickets.js';
import { edited, inAddress, inHeader, ODD_TEXTS } from '../support/edited.js';
import { fuzz } from '../support/fuzz.js';
import { openFuzzedWorld } from '../support/fuzzed-world.js';
import { ask, basic, bearer, type Question } from '../support/http.js';
import { expectSound } from '../support/sound-answer.js';
import { statusOf } from '../support/verify.js';
import { exchange } from '../support/wire.js';

const INTROSPECTION_TOKEN = 'introspection-token-of-a-service-1';

const { world, owner, held, newLines } = await openFuzzedWorld({ KEYLEDGER_INTROSPECTION_TOKEN: INTROSPECTION_TOKEN });
const gone = await owner.newKey({ name: 'gone' });
await owner.deleteKey(gone.key.keyId);
const ticket = await new SignInTickets(world.config.dataDirectory, Date.now).issue({
  account: owner.account,
  role: 'owner',
  subject: 'tester',
});

const JSON_BODY = ['Content-Type', 'application/json'];
const FORM_BODY = ['Content-Type', 'application/x-www-form-urlencoded'];
const OWN_PAGE = ['Origin', world.url, 'Sec-Fetch-Site', 'same-origin'];
const SESSION = ['Cookie', `a=b; keyledger_session=${owner.token}; __Host-keyledger_session=${owner.token}`];
const QUERY =
  '{"query":"query A($first: Int) { account { accountId keys { keyId hint } } }","variables":{"first":1},"operationName":"A"}';

/** One good request of each kind. None of them changes anything, except that the ticket is redeemed. */
const QUESTIONS: Question[] = [
  { path: '/v1/verify?scope=orders:read', headers: basic(held.key.keyId, held.secret) },
  { path: '/v1/verify?scope=orders:read&uri=/orders?page=2', headers: bearer(held.secret) },
  {
    method: 'POST',
    path: '/v1/introspect',
    headers: [...bearer(INTROSPECTION_TOKEN), ...FORM_BODY],
    body: `token=${held.key.keyId}:${held.secret}&token_type_hint=access_token`,
  },
  { method: 'POST', path: '/v1/leaked', headers: JSON_BODY, body: `[{"token":"${gone.secret}","url":"https://example.com/"}]` },
  { path: '/v1/checkpoint' },
  { path: '/readyz' },
  { path: '/metrics' },
  { path: '/docs/errors?a=b' },
  { method: 'POST', path: '/graphql', headers: [...bearer(owner.token), ...JSON_BODY], body: QUERY },
  { method: 'POST', path: '/graphql', headers: [...SESSION, ...OWN_PAGE, ...JSON_BODY], body: QUERY },
  {
    path: `/graphql?query=${encodeURIComponent('{ viewer { subject } }')}&variables=%7B%7D`,
    headers: [...bearer(owner.token), 'x-graphql-yoga-csrf', '1'],
  },
  {
    method: 'POST',
    path: '/auth/session',
    headers: [...OWN_PAGE, ...JSON_BODY],
    body: JSON.stringify({ ticket }),
  },
  { method: 'POST', path: '/auth/renew', headers: [...SESSION, ...OWN_PAGE, ...JSON_BODY], body: '{}' },
  { method: 'POST', path: '/auth/sign-out', headers: [...SESSION, ...OWN_PAGE, ...JSON_BODY], body: '{}' },
  { path: '/auth/sign-in?return=/history' },
];

/** Either the text or an edited one. */
const maybe = (text: string) => fc.oneof({ arbitrary: fc.constant(text), weight: 3 }, { arbitrary: edited(text), weight: 1 });

const requests = fc.constantFrom(...QUESTIONS).chain(({ method = 'GET', path = '/', headers = [], body = '' }) =>
  fc.record({
    method: fc.oneof({ arbitrary: fc.constant(method), weight: 9 }, fc.constantFrom('GET', 'POST', 'PUT', 'HEAD', 'OPTIONS')),
    path: maybe(path).map(inAddress),
    headers: fc.tuple(...headers.map((text, place) => (place % 2 === 0 ? fc.constant(text) : maybe(text).map(inHeader)))),
    body: maybe(String(body)),
  }),
);

const SECRETS = [held.secret, gone.secret, owner.token, INTROSPECTION_TOKEN, ticket];

fuzz(
  'any credentials, cookies, forms and documents get an answer that is no fault of the server',
  requests,
  async (question) => {
    expectSound((await ask(world.url, question)).wire, newLines(), SECRETS);
  },
);

/** The bytes of a request as they are on the wire. */
const bytesOf = ({ method = 'GET', path = '/', headers = [], body = '' }: Question) => {
  const lines = headers.flatMap((text, place) => (place % 2 === 0 ? [`${text}: ${headers[place + 1]}`] : []));
  const length = body.length > 0 ? [`Content-Length: ${Buffer.byteLength(body)}`] : [];
  return [`${method} ${path} HTTP/1.1`, `Host: ${new URL(world.url).host}`, ...lines, ...length, '', body].join('\r\n');
};

const EXTRA = [
  'Transfer-Encoding: chunked\r\n',
  'Transfer-Encoding: chunked\r\nContent-Length: 5\r\n',
  'Content-Length: 0\r\nContent-Length: 10\r\n',
  'Expect: 100-continue\r\n',
  'Connection: Upgrade\r\nUpgrade: websocket\r\n',
  'Connection: close, Authorization\r\n',
  'X-Forwarded-For: ,,,\r\n',
  'Host: elsewhere.example\r\n',
  `X: ${'y'.repeat(20_000)}\r\n`,
];

const wires = fc.record({
  text: edited(...QUESTIONS.map(bytesOf)),
  extra: fc.option(fc.constantFrom(...EXTRA, ...ODD_TEXTS)),
  next: fc.option(fc.constantFrom(...QUESTIONS)),
});

fuzz('any bytes on a connection get an answer that is no fault of the server', wires, async ({ text, extra, next }) => {
  const [start = '', ...rest] = text.split('\r\n');
  const first = extra === null ? text : [start, `${extra}${rest.join('\r\n')}`].join('\r\n');
  expectSound(await exchange(world.url, `${first}${next ? bytesOf(next) : ''}`), newLines(), SECRETS);
});

it('is as it was before: the key is good, and the log holds what was done before', async () => {
  expect(await statusOf(world, held)).toBe(200);
  expect(await statusOf(world, gone)).toBe(401);
  expect((await owner.readAccount()).keys.map(({ keyId }) => keyId)).toEqual([held.key.keyId]);
});
