import { ask, bearer } from '../support/http.js';
import { openWorld, type World } from '../support/world.js';

const TOKEN = 'x'.repeat(32);

let world: World;
let secret: string;
let keyId: string;
beforeAll(async () => {
  world = await openWorld({ env: { KEYLEDGER_INTROSPECTION_TOKEN: TOKEN, LOG_LEVEL: 'trace' } });
  const created = await (await world.client({})).newKey();
  secret = created.secret;
  keyId = created.key.keyId;
});

const urls: [what: string, status: number, method: string, path: () => string][] = [
  ['verification', 401, 'GET', () => `/v1/verify?access_token=${secret}`],
  ['verification by another name', 401, 'GET', () => `/v1/verify?id=${keyId}&secret=${secret}&token=${secret}`],
  ['verification of a scope', 401, 'GET', () => `/v1/verify?scope=${secret}`],
  ['introspection', 405, 'GET', () => `/v1/introspect?token=${secret}`],
  ['introspection with another body', 415, 'POST', () => `/v1/introspect?token=${secret}`],
  ['a leak report', 405, 'GET', () => `/v1/leaked?secret=${secret}`],
  ['a leak report without a body', 400, 'POST', () => `/v1/leaked?secret=${secret}`],
  ['a path that is not there', 404, 'GET', () => `/${secret}?secret=${secret}`],
  ['a path that nobody can read', 400, 'GET', () => `/%zz${secret}`],
];

it.each(urls)('a secret in the URL is not read, repeated or logged: %s', async (_, status, method, path) => {
  const headers = path().startsWith('/v1/introspect') ? bearer(TOKEN) : [];
  const answer = await ask(world.url + path(), { method, headers });
  expect(answer.status).toBe(status);
  expect(answer.wire).not.toContain(secret);
  expect(answer.headers['content-type']).toMatch(/^application\/problem\+json/);
  expect(answer.headers['cache-control']).toBe('no-store');
  expect(world.log()).not.toContain(secret);
});

it('whatever was sent in a URL, the key still works', async () => {
  expect((await ask(`${world.url}/v1/verify`, { headers: bearer(secret) })).status).toBe(200);
});
