import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { gzipSync } from 'node:zlib';
import { temporaryDirectory } from '../../support/cleanup.js';
import { ask } from '../../support/http.js';
import { openWorld, type World } from '../../support/world.js';

const PAGE = '<!doctype html><title>Keyledger</title>';
const PAGES = ['/settings/api-keys', '/history', '/analytics', '/sign-in'];

let dashboard: string;
let world: World;
beforeAll(async () => {
  const parent = temporaryDirectory();
  dashboard = join(parent, 'dashboard');
  mkdirSync(join(dashboard, 'assets', 'fonts'), { recursive: true });
  writeFileSync(join(parent, 'private.txt'), 'private');
  writeFileSync(join(dashboard, 'index.html'), PAGE);
  writeFileSync(join(dashboard, 'private.txt'), 'private');
  writeFileSync(join(dashboard, 'assets', '.private'), 'private');
  writeFileSync(join(dashboard, 'assets', 'main-1a2b3c.js'), 'export {};');
  writeFileSync(join(dashboard, 'assets', 'main-1a2b3c.js.gz'), gzipSync('export {};'));
  writeFileSync(join(dashboard, 'assets', 'fonts', 'main-1a2b3c.css'), 'p {}');
  world = await openWorld({ dashboard });
});

it.each(['/', ...PAGES])(
  'hands out the page for %s, which no cache keeps and which may load nothing from elsewhere',
  async (path) => {
    for (const query of ['', '?returnTo=%2Fhistory']) {
      const { status, headers, body } = await ask(world.url + path + query);
      expect({ status, body }).toEqual({ status: 200, body: PAGE });
      expect(headers).toMatchObject({
        'content-type': 'text/html; charset=utf-8',
        'cache-control': 'no-store',
        'content-security-policy':
          "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data:; connect-src 'self'; base-uri 'none'; form-action 'self'; frame-ancestors 'none'; require-trusted-types-for 'script'",
        'referrer-policy': 'no-referrer',
        'x-content-type-options': 'nosniff',
        'cross-origin-opener-policy': 'same-origin',
        'permissions-policy': expect.stringContaining('camera=()'),
      });
      expect(headers['strict-transport-security']).toBeUndefined();
    }
  },
);

it.each(PAGES)('leads from %s with a slash behind it to the page', async (path) => {
  for (const query of ['', '?returnTo=%2Fhistory']) {
    const { status, headers } = await ask(`${world.url}${path}/${query}`, { headers: ['accept', 'text/html,*/*'] });
    expect({ status, location: headers.location }).toEqual({ status: 308, location: path + query });
  }
});

it.each(['/settings', '/settings/', '/nothing', '/History', '/history//', '//history/', '/docs/nothing', '/docs/nothing/'])(
  'answers %s, where no page is, with a page for people and a problem for programs',
  async (path) => {
    const people = await ask(world.url + path, { headers: ['accept', 'text/html,application/xhtml+xml,*/*;q=0.8'] });
    expect({ status: people.status, body: people.body }).toEqual({ status: 404, body: PAGE });
    expect(people.headers).toMatchObject({ 'cache-control': 'no-store', 'content-security-policy': expect.any(String) });
    for (const headers of [[], ['accept', '*/*'], ['accept', 'application/json']]) {
      const { status, body } = await ask(world.url + path, { headers });
      expect({ status, code: JSON.parse(body).code }).toEqual({ status: 404, code: 'NOT_FOUND' });
    }
  },
);

it('lets browsers that have reached it over https come back over https alone', async () => {
  const secure = await openWorld({ dashboard, env: { KEYLEDGER_PUBLIC_URL: 'https://keys.example.com' } });
  for (const path of PAGES) {
    expect((await ask(secure.url + path)).headers['strict-transport-security']).toBe('max-age=31536000');
  }
  await secure.stop();
});

it.each([
  ['/assets/main-1a2b3c.js', 'application/javascript; charset=utf-8', 'export {};'],
  ['/assets/fonts/main-1a2b3c.css', 'text/css; charset=utf-8', 'p {}'],
])('hands out %s for good', async (path, type, content) => {
  const { status, headers, body } = await ask(world.url + path);
  expect({ status, body }).toEqual({ status: 200, body: content });
  expect(headers).toMatchObject({
    'content-type': type,
    'cache-control': 'public, max-age=31536000, immutable',
    'x-content-type-options': 'nosniff',
    vary: 'accept-encoding',
  });
});

it('hands out what is there in less bytes to whoever takes it', async () => {
  const { headers } = await ask(`${world.url}/assets/main-1a2b3c.js`, { headers: ['Accept-Encoding', 'br, gzip'] });
  expect(headers).toMatchObject({ 'content-encoding': 'gzip', 'content-type': 'application/javascript; charset=utf-8' });
});

it.each([
  '/assets/../private.txt',
  '/assets/../../private.txt',
  '/assets/..%2fprivate.txt',
  '/assets/%2e%2e/%2e%2e/private.txt',
  '/assets/..%5cprivate.txt',
  '/assets/%252e%252e/private.txt',
  '/assets//private.txt',
  '/assets/%00/../private.txt',
  '/assets/.private',
  '/assets/',
  '/assets',
  '/assets/fonts',
  '/assets/fonts/',
  '/assets/none.js',
  '/private.txt',
  '/index.html',
  '/sign-in/../private.txt',
  '/settings',
])('hands out nothing else: %s', async (path) => {
  const { status, headers, body } = await ask(new URL(world.url).origin, { path });
  expect([400, 404]).toContain(status);
  expect(headers['content-type']).toMatch(/^application\/problem\+json/);
  expect(headers['cache-control']).toBe('no-store');
  expect(body).not.toContain('private');
});

it.each(['POST', 'PUT', 'DELETE'])('takes no %s', async (method) => {
  expect((await ask(`${world.url}/history`, { method })).status).toBe(404);
});

it('serves everything else without a dashboard, and says so in its log', async () => {
  const without = await openWorld();
  expect((await ask(`${without.url}/sign-in`)).status).toBe(404);
  expect((await ask(`${without.url}/`)).status).toBe(404);
  await (await without.client({})).newKey();
  expect(without.log()).toContain('the dashboard is missing');
  expect(world.log()).not.toContain('the dashboard is missing');
  await without.stop();
});
