import { ask } from '../support/http.js';
import { openWorld, type World } from '../support/world.js';

const FOREIGN = 'elsewhere.example';

let world: World;
beforeAll(async () => {
  world = await openWorld();
});

const PATHS = [
  '/',
  '/auth/sign-in',
  '/auth/sign-in?returnTo=/history',
  '/auth/signed-out',
  '/docs',
  '/nowhere',
  '/v1/verify',
  '/v1/checkpoint',
  '/graphql',
  '/readyz',
  '/metrics',
];

const FORWARDED = [
  ['Host', FOREIGN],
  ['X-Forwarded-Host', FOREIGN],
  ['X-Forwarded-Host', FOREIGN, 'X-Forwarded-Proto', 'https', 'X-Forwarded-Port', '444'],
  ['Forwarded', `host=${FOREIGN};proto=https`],
  ['X-Original-URL', `//${FOREIGN}/`],
  ['X-HTTP-Method-Override', 'DELETE'],
];

it.each(PATHS)('no answer of %s leads to the host that a request names', async (path) => {
  for (const headers of FORWARDED) {
    const { wire } = await ask(world.url, { path, headers });
    expect(wire).not.toContain(FOREIGN);
    const location = /^location: (.*)$/im.exec(wire)?.[1]?.trim();
    if (location !== undefined) expect(location).toMatch(/^\/(?!\/)/);
  }
});

it('takes a page for its own by what the browser says of it, and by no host that is only forwarded', async () => {
  const own = 'https://keys.example.com';
  const { url } = await openWorld({ env: { KEYLEDGER_PUBLIC_URL: own } });
  const statusOf = async (host: string, origin: string, ...more: string[]) => {
    const headers = ['Host', host, 'Origin', origin, 'Content-Type', 'application/json', ...more];
    return (await ask(url, { method: 'POST', path: '/auth/session', headers, body: '{"ticket":"unknown"}' })).status;
  };
  expect(await statusOf('keys.example.com', `https://${FOREIGN}`)).toBe(403);
  expect(await statusOf('keys.example.com', `https://${FOREIGN}`, 'X-Forwarded-Host', FOREIGN)).toBe(403);
  expect(await statusOf('proxy.internal', own)).toBe(401);
});
