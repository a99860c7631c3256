import type { Client } from '../../support/client.js';
import { ask, bearer } from '../../support/http.js';
import { openWorld, type World } from '../../support/world.js';

const ORIGIN = 'https://app.example.com';
const QUERY = JSON.stringify({ query: '{ viewer { subject } }' });

let world: World;
let client: Client;
beforeAll(async () => {
  world = await openWorld({ env: { KEYLEDGER_ALLOWED_ORIGINS: `${ORIGIN}, http://localhost:5173` } });
  client = await world.client({});
});

const from = (origin: string) => ['Origin', origin];
const query = (headers: string[], url = world.url) =>
  ask(`${url}/graphql`, { method: 'POST', headers: ['Content-Type', 'application/json', ...headers], body: QUERY });
const preflight = (origin: string, path = '/graphql', url = world.url) =>
  ask(url + path, {
    method: 'OPTIONS',
    headers: [
      ...from(origin),
      'Access-Control-Request-Method',
      'POST',
      'Access-Control-Request-Headers',
      'authorization,content-type',
    ],
  });

/** What the answer tells a browser about other origins. */
function permissions({ headers }: { headers: object }): object {
  return Object.fromEntries(Object.entries(headers).filter(([name]) => name.startsWith('access-control-')));
}

it.each([ORIGIN, 'http://localhost:5173'])('lets a page of %s ask, without credentials of the browser', async (origin) => {
  const asked = await preflight(origin);
  expect([asked.status, permissions(asked)]).toEqual([
    204,
    {
      'access-control-allow-origin': origin,
      'access-control-allow-methods': 'GET, POST',
      'access-control-allow-headers': expect.stringContaining('authorization, content-type'),
      'access-control-expose-headers': expect.stringContaining('retry-after'),
      'access-control-max-age': '600',
    },
  ]);
  const answer = await query([...from(origin), ...bearer(client.token)]);
  expect([answer.status, JSON.parse(answer.body)]).toEqual([200, { data: { viewer: { subject: 'tester' } } }]);
  expect(answer.headers).toMatchObject({ 'access-control-allow-origin': origin, vary: expect.stringMatching(/origin/i) });
  expect(answer.headers).not.toHaveProperty('access-control-allow-credentials');
});

it('lets it read refusals, too', async () => {
  const answer = await query([...from(ORIGIN), ...bearer('wrong')]);
  expect([answer.status, answer.headers['access-control-allow-origin']]).toEqual([401, ORIGIN]);
});

it.each([
  'https://evil.example',
  'https://app.example.com.evil.example',
  'https://sub.app.example.com',
  'http://app.example.com',
  'https://app.example.com:8443',
  'https://APP.example.com',
  'null',
  '*',
  '',
])('says nothing to a page of "%s"', async (origin) => {
  const asked = await preflight(origin);
  expect([asked.status, permissions(asked)]).toEqual([405, {}]);
  expect(permissions(await query([...from(origin), ...bearer(client.token)]))).toEqual({});
});

it('leaves every other address closed', async () => {
  for (const path of [
    '/v1/verify',
    '/v1/leaked',
    '/v1/introspect',
    '/session',
    '/readyz',
    '/metrics',
    '/',
    '/graphql/',
    '/none',
  ]) {
    expect({ path, ...permissions(await preflight(ORIGIN, path)) }).toEqual({ path });
    expect({ path, ...permissions(await ask(world.url + path, { headers: from(ORIGIN) })) }).toEqual({ path });
  }
});

it('never counts the cookie for a page of another origin', async () => {
  const cookie = ['Cookie', `keyledger_session=${client.token}`];
  expect((await query([...from(world.url), ...cookie])).status).toBe(200);
  expect((await query([...from(ORIGIN), ...cookie])).status).toBe(401);
});

it('is off by default', async () => {
  const closed = await openWorld();
  const asked = await preflight(ORIGIN, '/graphql', closed.url);
  expect([asked.status, permissions(asked)]).toEqual([405, {}]);
  const answer = await query([...from(ORIGIN), ...bearer((await closed.client({})).token)], closed.url);
  expect([answer.status, permissions(answer)]).toEqual([200, {}]);
});
