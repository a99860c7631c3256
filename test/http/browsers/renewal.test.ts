import { createHash } from 'node:crypto';
import { existsSync, mkdirSync, readdirSync, readFileSync, utimesSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { SqliteEventStore } from '../../../src/store/sqlite/sqlite.js';
import { Browser } from '../../support/cookie-browser.js';
import { ask } from '../../support/http.js';
import type { OpenIdProviderOptions } from '../../support/openid-provider.js';
import { leadsTo, openSite, type Site, upToCallback, viewer } from '../../support/site.js';
import { openWorld, type World } from '../../support/world.js';

const ADA = { subject: 'ada', accountId: 'acme', roles: ['OWNER'] };
const MINUTE = 60_000;
const HOUR = 60 * MINUTE;

let now = Date.now();
const clock = () => now;

type Options = Omit<OpenIdProviderOptions, 'publicUrl'>;

/** A site whose provider issues refresh tokens. */
function openRenewable(options: Options = { jwt: true }, env: Record<string, string> = {}): Promise<Site> {
  return openSite({ ...options, refresh: true }, { clock, env });
}

async function signIn(own: Site): Promise<Browser> {
  const browser = new Browser();
  expect(await leadsTo(browser, await upToCallback(browser, own))).toBe('/history');
  return browser;
}

/**
 * Six minutes pass: longer than tokens last, also those that the provider made late, by its own clock. That clock does not skip the
 * minutes, so its later tokens last longer.
 */
function sixMinutesLater({ provider }: Site): void {
  now = Math.max(now, Date.now()) + 6 * MINUTE;
  provider.live.lifetime = Math.ceil((now - Date.now()) / 1000) + 300;
}

/** Another server on the same data directory. */
function openBeside({ world, provider }: Site): Promise<World> {
  return openWorld({ clock, dataDirectory: world.config.dataDirectory, env: provider.settings });
}

const renewalsOf = ({ config }: World) => join(config.dataDirectory, 'renewals');

/** Half a minute passes for what was renewed. */
function age(world: World): void {
  const then = Date.now() / 1000 - 31;
  for (const name of readdirSync(renewalsOf(world))) utimesSync(join(renewalsOf(world), name), then, then);
}

function renew(browser: Browser, { url }: Pick<Site, 'url'>, headers: Record<string, string> = { origin: url }) {
  return browser.ask(`${url}/auth/renew`, { method: 'POST', headers });
}

let site: Site;
beforeEach(async () => {
  now = Date.now();
  site = await openRenewable();
});

afterEach(() => site.world.stop());

describe.each<[kind: string, options: Options]>([
  ['a JWT', { jwt: true }],
  ['a JWT for a resource', { jwt: true, resource: true }],
  ['the ID token', { jwt: false }],
  ['a JWT, for a client with a secret', { jwt: true, clientSecret: 'hush hush' }],
])('a session by %s', (_kind, options) => {
  it('outlives its token', async () => {
    const own = await openRenewable(options);
    const browser = await signIn(own);
    const first = browser.cookie('keyledger_session');
    sixMinutesLater(own);
    expect(await viewer(browser, own)).toBeUndefined();
    const { status, headers } = await renew(browser, own);
    expect({ status, cache: headers.get('cache-control') }).toEqual({ status: 204, cache: 'no-store' });
    expect(await viewer(browser, own)).toEqual(ADA);
    expect(browser.cookie('keyledger_session')).not.toBe(first);
    await own.world.stop();
  });
});

it('lasts twelve hours, however often it is renewed', async () => {
  const browser = await signIn(site);
  const begun = now;
  for (const hours of [2, 6, 11]) {
    now = begun + hours * HOUR;
    // The provider's own clock stands still meanwhile.
    site.provider.live.lifetime = hours * 3600 + 60;
    expect((await renew(browser, site)).status).toBe(204);
    expect(await viewer(browser, site)).toEqual(ADA);
  }
  now = begun + 12 * HOUR + 1000;
  expect((await renew(browser, site)).status).toBe(401);
  expect(site.provider.live.refreshes).toBe(3);
});

it('is renewed from a cookie that no script can read, that no other site sends, and that only this server can open', async () => {
  const browser = new Browser();
  const answer = await browser.ask(String(await upToCallback(browser, site)));
  const [, session = '', renewal = ''] = answer.headers.getSetCookie();
  expect(renewal).toMatch(/^keyledger_renewal=[\w.-]{100,3072}; Path=\/; Max-Age=(43199|43200); HttpOnly; SameSite=Strict$/);
  const [header = ''] = (browser.cookie('keyledger_renewal') ?? '').split('.');
  expect(JSON.parse(Buffer.from(header, 'base64url').toString())).toEqual({ alg: 'dir', enc: 'A256GCM', typ: 'renewal' });
  expect(session).toContain('keyledger_session=');
  const secure = await openWorld({
    clock,
    env: { ...site.provider.settings, KEYLEDGER_PUBLIC_URL: 'https://keys.example.com' },
  });
  const { headers } = await ask(`${secure.url}/auth/sign-out`, {
    method: 'POST',
    headers: ['Origin', 'https://keys.example.com'],
  });
  expect(headers['set-cookie']?.[1]).toMatch(/^__Host-keyledger_renewal=; Path=\/; Max-Age=0; .*; Secure$/);
  await secure.stop();
});

it('is renewed once for many requests at once, on two servers, where the provider takes a second use for theft', async () => {
  const other = await openBeside(site);
  const browser = await signIn(site);
  sixMinutesLater(site);
  const cookie = browser.cookiesFor(site.url);
  const servers = Array.from({ length: 12 }, (_, index) => (index % 2 === 0 ? site : other));
  const answers = await Promise.all(
    servers.map(({ url }) => fetch(`${url}/auth/renew`, { method: 'POST', headers: { origin: url, cookie } })),
  );
  expect(answers.map(({ status }) => status)).toEqual(Array(12).fill(204));
  expect(new Set(answers.map(({ headers }) => headers.getSetCookie().join())).size).toBe(1);
  expect(site.provider.live.refreshes).toBe(1);
  await renew(browser, site);
  expect(await viewer(browser, site)).toEqual(ADA);
  sixMinutesLater(site);
  expect((await renew(browser, other)).status).toBe(204);
  await other.stop();
});

it('is renewed on another machine with the same key, and on none with another', async () => {
  await site.world.stop();
  const key = (byte: number) => ({ KEYLEDGER_SESSION_KEY: Buffer.alloc(32, byte).toString('base64') });
  site = await openRenewable({ jwt: true }, key(1));
  const [same, other] = await Promise.all(
    [1, 2].map((byte) => openWorld({ clock, env: { ...site.provider.settings, ...key(byte) } })),
  );
  const browser = await signIn(site);
  sixMinutesLater(site);
  expect((await renew(browser, { url: same?.url ?? '' })).status).toBe(204);
  expect(await viewer(browser, site)).toEqual(ADA);
  sixMinutesLater(site);
  expect((await renew(browser, { url: other?.url ?? '' })).status).toBe(401);
  await Promise.all([same?.stop(), other?.stop()]);
});

it('goes on where the browser has lost the answer and asks again, but not half a minute later', async () => {
  const browser = await signIn(site);
  sixMinutesLater(site);
  const [session = '', renewal = ''] = [browser.cookie('keyledger_session'), browser.cookie('keyledger_renewal')];
  const loseAnswer = () => {
    browser.change('keyledger_session', session);
    browser.change('keyledger_renewal', renewal);
  };
  expect((await renew(browser, site)).status).toBe(204);
  loseAnswer();
  expect((await renew(browser, site)).status).toBe(204);
  expect(site.provider.live.refreshes).toBe(1);
  age(site.world);
  loseAnswer();
  expect((await renew(browser, site)).status).toBe(401);
});

it('is renewed although a process died while it renewed it', async () => {
  const browser = await signIn(site);
  sixMinutesLater(site);
  mkdirSync(renewalsOf(site.world));
  const name = createHash('sha256')
    .update(browser.cookie('keyledger_renewal') ?? '')
    .digest('hex');
  writeFileSync(join(renewalsOf(site.world), `${name}.claim`), '');
  age(site.world);
  expect((await renew(browser, site)).status).toBe(204);
});

describe('ends, and the browser forgets it,', () => {
  async function ended(browser: Browser): Promise<string> {
    const answer = await renew(browser, site);
    expect(answer.status).toBe(401);
    expect(await answer.json()).toMatchObject({ code: 'UNAUTHENTICATED', detail: expect.stringContaining('Sign in again') });
    expect(browser.cookie('keyledger_session')).toBeUndefined();
    expect(browser.cookie('keyledger_renewal')).toBeUndefined();
    return (
      site.world
        .log()
        .split('\n')
        .find((line) => line.includes('a session ended')) ?? ''
    );
  }

  /** Asks as a browser would that holds a copy of the cookie. */
  async function renewFrom(thief: Browser, sealed = ''): Promise<void> {
    const headers = { origin: site.url, cookie: `keyledger_renewal=${sealed}` };
    expect((await thief.ask(`${site.url}/auth/renew`, { method: 'POST', headers })).status).toBe(204);
  }

  it('when the provider refuses its refresh token, as after somebody else has used it', async () => {
    const browser = await signIn(site);
    sixMinutesLater(site);
    const thief = new Browser();
    await renewFrom(thief, browser.cookie('keyledger_renewal'));
    age(site.world);
    expect(await ended(browser)).toContain('invalid_grant');
    sixMinutesLater(site);
    expect((await renew(thief, site)).status).toBe(401);
  });

  it.each<[what: string, change: (sealed: string) => string | Promise<string>]>([
    ['nonsense', () => 'nonsense'],
    // The last letter of 16 bytes holds two bits of them: A, Q, g or w. A B would decode to the same bytes as an A.
    ['another text of the same form', (sealed) => sealed.replace(/.$/, (last) => (last === 'A' ? 'Q' : 'A'))],
    ['an unsealed text', () => `${Buffer.from('{"alg":"none"}').toString('base64url')}.e30.`],
    [
      'what a key of another installation has sealed',
      async () => (await signIn(await openRenewable())).cookie('keyledger_renewal') ?? '',
    ],
  ])('when it is to be renewed from %s', async (_what, change) => {
    const browser = await signIn(site);
    const changed = await change(browser.cookie('keyledger_renewal') ?? '');
    sixMinutesLater(site);
    browser.change('keyledger_renewal', changed);
    await ended(browser);
    expect(existsSync(renewalsOf(site.world))).toBe(false);
    expect(site.provider.live.refreshes).toBe(0);
  });

  it.each<[what: string, claims: Record<string, unknown>, reason: string]>([
    ['the new token names no role', { roles: [] }, 'names no role'],
    ['the new token names somebody else', { person: 'eve' }, 'somebody else'],
  ])('when %s', async (_what, change, reason) => {
    await site.world.stop();
    const claims: Record<string, unknown> = { account: 'acme', roles: ['keyledger:owner'], person: 'ada' };
    site = await openRenewable({ jwt: true, claims }, { KEYLEDGER_CLAIM_SUBJECT: 'person' });
    const browser = await signIn(site);
    sixMinutesLater(site);
    Object.assign(claims, change);
    expect(await ended(browser)).toContain(reason);
  });
});

it('stays where the provider is away, and is renewed as soon as it is back', async () => {
  const browser = await signIn(site);
  sixMinutesLater(site);
  await site.provider.down();
  const { status, headers } = await renew(browser, site);
  expect({ status, wait: Number(headers.get('retry-after')) > 0 }).toEqual({ status: 503, wait: true });
  expect(browser.cookie('keyledger_renewal')).toBeDefined();
  await site.provider.up();
  expect((await renew(browser, site)).status).toBe(204);
  expect(await viewer(browser, site)).toEqual(ADA);
});

it('is renewed for our own pages alone, by POST, and not while its token is still good', async () => {
  const browser = await signIn(site);
  expect((await renew(browser, site)).status).toBe(204);
  expect(site.provider.live.refreshes).toBe(0);
  sixMinutesLater(site);
  for (const headers of [{ origin: 'https://evil.example' }, { origin: 'null' }, {}]) {
    expect((await renew(browser, site, headers as Record<string, string>)).status).toBe(403);
  }
  expect((await browser.ask(`${site.url}/auth/renew`)).status).toBe(405);
  expect(site.provider.live.refreshes).toBe(0);
  expect((await renew(new Browser(), site)).status).toBe(401);
});

it('ends with its token where there is no key that seals, and the log says what to set', async () => {
  const store = new SqliteEventStore(':memory:');
  const env = { KEYLEDGER_STORE: 'esdb://127.0.0.1:1?tls=false' };
  const keyless = await openSite({ jwt: true, refresh: true }, { clock, env, store });
  const browser = await signIn(keyless);
  expect(browser.cookie('keyledger_renewal')).toBeUndefined();
  expect(keyless.world.log()).toContain('KEYLEDGER_SESSION_KEY');
  await keyless.world.stop();
});

it('leaves nothing of it in the log or, unsealed, in the data directory', async () => {
  const browser = await signIn(site);
  const secrets = [browser.cookie('keyledger_session') ?? '', browser.cookie('keyledger_renewal') ?? ''];
  sixMinutesLater(site);
  await renew(browser, site);
  secrets.push(browser.cookie('keyledger_session') ?? '', browser.cookie('keyledger_renewal') ?? '');
  const files = readdirSync(renewalsOf(site.world)).map((name) => readFileSync(join(renewalsOf(site.world), name), 'utf8'));
  expect(files).toHaveLength(1);
  for (const part of secrets.flatMap((secret) => secret.split('.').slice(1)).filter(({ length }) => length > 20)) {
    expect(site.world.log()).not.toContain(part);
    expect(files.join()).not.toContain(part);
  }
});
