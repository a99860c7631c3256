import { decodeJwt } from 'jose';
import { Browser } from '../../support/cookie-browser.js';
import { ask } from '../../support/http.js';
import type { OpenIdProviderOptions } from '../../support/openid-provider.js';
import { isCallback, leadsTo, openSite, type Site, upToCallback, viewer } from '../../support/site.js';
import { openWorld } from '../../support/world.js';

const ADA = { subject: 'ada', accountId: 'acme', roles: ['OWNER'] };

let site: Site;
beforeAll(async () => {
  site = await openSite();
});

describe.each<[kind: string, options: Omit<OpenIdProviderOptions, 'publicUrl'>, audience: string]>([
  ['a public client', { jwt: true }, 'keyledger'],
  ['a client with a secret', { jwt: true, clientSecret: 'hush: "hush" & hush' }, 'keyledger'],
  ['access tokens that the provider alone can read, by the ID token', { jwt: false }, 'dashboard'],
])('with %s', (_kind, options, audience) => {
  it('signs somebody in, and leads back to where it was asked for', async () => {
    const own = await openSite(options);
    const browser = new Browser();
    const callback = await upToCallback(browser, own, { returnTo: '/history?at=2026-11-23' });
    expect(await leadsTo(browser, callback)).toBe('/history?at=2026-11-23');
    expect(await viewer(browser, own)).toEqual(ADA);
    expect(decodeJwt(browser.cookie('keyledger_session') ?? '').aud).toBe(audience);
    expect(browser.cookie('keyledger_sign_in')).toBeUndefined();
    await own.world.stop();
  });
});

it('asks the provider for a code with state, nonce and PKCE, and has the browser keep them where no script reads them', async () => {
  const response = await new Browser().ask(`${site.url}/auth/sign-in`);
  const asked = new URL(response.headers.get('location') ?? '');
  expect(asked.origin).toBe(site.provider.issuer);
  expect(Object.fromEntries(asked.searchParams)).toEqual({
    client_id: 'dashboard',
    response_type: 'code',
    redirect_uri: `${site.url}/auth/callback`,
    scope: 'openid',
    state: expect.stringMatching(/^[\w-]{43}$/),
    nonce: expect.stringMatching(/^[\w-]{43}$/),
    code_challenge: expect.stringMatching(/^[\w-]{43}$/),
    code_challenge_method: 'S256',
  });
  expect(response.headers.getSetCookie()).toEqual([
    expect.stringMatching(/^keyledger_sign_in=[\w-]+; Path=\/; Max-Age=3600; HttpOnly; SameSite=Lax$/),
  ]);
});

it('sends its cookies over https alone, and lets no other host set them, where browsers reach it so', async () => {
  const secure = await openWorld({ env: { ...site.provider.settings, KEYLEDGER_PUBLIC_URL: 'https://keys.example.com' } });
  const { headers } = await ask(`${secure.url}/auth/sign-in`);
  expect(headers['set-cookie']).toEqual([expect.stringMatching(/^__Host-keyledger_sign_in=[\w-]+; Path=\/; .*; Secure$/)]);
  expect(new URL(headers.location ?? '').searchParams.get('redirect_uri')).toBe('https://keys.example.com/auth/callback');
  await secure.stop();
});

it('sets a session that ends with the token', async () => {
  const started = Date.now();
  const browser = new Browser();
  const answer = await browser.ask(String(await upToCallback(browser, site)));
  const [forgotten, session, renewal, ...others] = answer.headers.getSetCookie();
  expect(others).toEqual([]);
  expect(forgotten).toBe('keyledger_sign_in=; Path=/; Max-Age=0; HttpOnly; SameSite=Lax');
  expect(renewal).toBe('keyledger_renewal=; Path=/; Max-Age=0; HttpOnly; SameSite=Strict');
  const [, maxAge] = /^keyledger_session=[\w.-]+; Path=\/; Max-Age=(\d+); HttpOnly; SameSite=Strict$/.exec(session ?? '') ?? [];
  const { exp = 0 } = decodeJwt(browser.cookie('keyledger_session') ?? '');
  const [before, after] = [exp + 5 - started / 1000, exp + 5 - Date.now() / 1000];
  expect(Number(maxAge)).toBeGreaterThanOrEqual(Math.floor(after));
  expect(Number(maxAge)).toBeLessThanOrEqual(Math.ceil(before));
});

describe('signs nobody in', () => {
  /** Requests the changed callback. Nobody may be signed in. */
  async function refused(change: (callback: URL, browser: Browser) => unknown): Promise<string | null> {
    const browser = new Browser();
    const callback = await upToCallback(browser, site);
    await change(callback, browser);
    const location = await leadsTo(browser, callback);
    expect(browser.cookie('keyledger_session')).toBeUndefined();
    return errorIn(location);
  }

  it.each<[what: string, change: (callback: URL, browser: Browser) => unknown]>([
    ['another state', ({ searchParams }) => searchParams.set('state', 'x'.repeat(43))],
    ['no state', ({ searchParams }) => searchParams.delete('state')],
    ['an empty state', ({ searchParams }) => searchParams.set('state', '')],
    ['another code', ({ searchParams }) => searchParams.set('code', 'x'.repeat(43))],
    ['no cookie', (_, browser) => browser.change('keyledger_sign_in', '')],
    ['a cookie that nobody can read', (_, browser) => browser.change('keyledger_sign_in', 'nonsense')],
    [
      "somebody else's code",
      async ({ searchParams }) =>
        searchParams.set(
          'code',
          (await upToCallback(new Browser(), site, { login: 'mallory' })).searchParams.get('code') ?? '',
        ),
    ],
    ['a later attempt begun', (_, browser) => browser.ask(`${site.url}/auth/sign-in`)],
  ])('with %s', async (_what, change) => {
    expect(await refused(change)).toBe('expired');
  });

  it.each<[what: string, change: (callback: URL, browser: Browser) => unknown]>([
    ['the answer of another provider', ({ searchParams }) => searchParams.set('iss', 'https://evil.example')],
    ['no code', ({ searchParams }) => searchParams.delete('code')],
    ['two codes', ({ searchParams }) => searchParams.append('code', 'x')],
    ['another nonce', (_, browser) => browser.change('keyledger_sign_in', changed(browser, { nonce: 'x'.repeat(43) }))],
  ])('with %s', async (_what, change) => {
    expect(await refused(change)).toBe('provider');
  });

  it('with a code that was used, whether the browser still has its cookie or not', async () => {
    const browser = new Browser();
    const callback = await upToCallback(browser, site);
    const kept = browser.cookie('keyledger_sign_in');
    expect(await leadsTo(browser, callback)).toBe('/history');
    expect(await leadsTo(new Browser(), callback)).toBe('/sign-in?error=expired');
    const replayed = await fetch(callback, { headers: { cookie: `keyledger_sign_in=${kept}` }, redirect: 'manual' });
    expect(errorIn(replayed.headers.get('location'))).toBe('expired');
    expect(replayed.headers.getSetCookie().join()).not.toContain('keyledger_session');
  });

  it('who says no at the provider', async () => {
    const browser = new Browser();
    const { page } = await browser.follow(`${site.url}/auth/sign-in`, isCallback);
    const [, abort = ''] = /href="([^"]+\/abort)"/.exec(page) ?? [];
    const { url } = await browser.follow(abort, isCallback);
    expect(url.searchParams.get('error')).toBe('access_denied');
    expect(errorIn(await leadsTo(browser, url))).toBe('denied');
  });

  it.each<[who: string, code: string, options: Omit<OpenIdProviderOptions, 'publicUrl'>, login?: string]>([
    ['who has no account', 'not-permitted', { jwt: true, claims: { roles: ['keyledger:owner'] } }],
    ['who has no role here', 'not-permitted', { jwt: true, claims: { account: 'acme', roles: ['cook', 'owner', 'auditor'] } }],
    ['whose name the log may not keep', 'not-permitted', { jwt: false }, 'ada@example.org'],
    [
      'whose token fits into no cookie',
      'too-large',
      { jwt: true, claims: { account: 'acme', roles: Array(300).fill('keyledger:owner') } },
    ],
  ])('%s', async (_who, code, options, login = 'ada') => {
    const own = await openSite(options);
    const browser = new Browser();
    expect(errorIn(await leadsTo(browser, await upToCallback(browser, own, { login })))).toBe(code);
    expect(browser.cookie('keyledger_session')).toBeUndefined();
    expect(own.world.log()).toContain(`"code":"${code}"`);
    await own.world.stop();
  });

  it('who asks for the headers alone, so that a code is not used up', async () => {
    const browser = new Browser();
    const callback = await upToCallback(browser, site);
    expect((await browser.ask(callback.href, { method: 'HEAD' })).status).toBe(404);
    expect(await leadsTo(browser, callback)).toBe('/history');
  });
});

describe('after a failed attempt, another one leads to where the first was to lead:', () => {
  const wanted = '/history?at=2026-11-23&key=a%20b';

  it.each<[what: string, fail: (own: Site, browser: Browser) => Promise<string>]>([
    [
      'one that was refused at the provider',
      async (own, browser) => {
        const callback = await upToCallback(browser, own, { returnTo: wanted });
        return `${callback.origin}/auth/callback?error=access_denied&state=${callback.searchParams.get('state')}`;
      },
    ],
    [
      'one with another state',
      async (own, browser) => {
        await upToCallback(browser, own, { returnTo: wanted });
        return `${own.url}/auth/callback?code=x&state=y`;
      },
    ],
    [
      'one while the provider is away',
      async (own) => {
        await own.provider.down();
        return `${own.url}/auth/sign-in?${new URLSearchParams({ returnTo: wanted })}`;
      },
    ],
  ])('%s', async (_what, fail) => {
    const own = await openSite();
    const browser = new Browser();
    const failed = await fail(own, browser);
    const location = await leadsTo(browser, failed);
    expect(new URL(location ?? '', own.url).searchParams.get('returnTo')).toBe(wanted);
    await own.world.stop();
  });

  it('but never to another site', async () => {
    const browser = new Browser();
    await upToCallback(browser, site);
    browser.change('keyledger_sign_in', changed(browser, { returnTo: '//evil.example' }));
    const location = await leadsTo(browser, `${site.url}/auth/callback?code=x&state=y`);
    expect(location).toBe('/sign-in?error=expired&returnTo=%2F');
  });
});

it.each([
  ['audience', 'KEYLEDGER_SIGN_IN_AUDIENCE', 'https://keys.example.com'],
  ['resource', 'KEYLEDGER_SIGN_IN_RESOURCE', 'https://keys.example.com'],
])('asks for the %s that is set, exactly as it is set', async (parameter, setting, value) => {
  const asking = await openWorld({ env: { ...site.provider.settings, [setting]: value } });
  const { headers } = await ask(`${asking.url}/auth/sign-in`);
  expect(new URL(headers.location ?? '').searchParams.getAll(parameter)).toEqual([value]);
  await asking.stop();
});

it('gets a token for the resource (RFC 8707), which the provider issues to nobody who does not ask', async () => {
  const own = await openSite({ jwt: true, resource: true });
  const browser = new Browser();
  expect(await leadsTo(browser, await upToCallback(browser, own))).toBe('/history');
  expect(decodeJwt(browser.cookie('keyledger_session') ?? '').aud).toBe('keyledger');
  await own.world.stop();
  const silent = await openSite({ jwt: true, resource: true }, { env: { KEYLEDGER_SIGN_IN_RESOURCE: '' } });
  const other = new Browser();
  expect(errorIn(await leadsTo(other, await upToCallback(other, silent)))).toBe('not-permitted');
  await silent.world.stop();
});

it('takes the ID token where the access token names no role', async () => {
  const own = await openSite({ jwt: true, audience: 'dashboard', accessTokenClaims: { account: 'acme' } });
  const browser = new Browser();
  expect(await leadsTo(browser, await upToCallback(browser, own))).toBe('/history');
  expect(await viewer(browser, own)).toEqual(ADA);
  expect(decodeJwt(browser.cookie('keyledger_session') ?? '')).toHaveProperty('nonce');
  await own.world.stop();
});

it.each([
  'https://evil.example/',
  '//evil.example',
  '/\\evil.example',
  '\\\\evil.example',
  '/\t/evil.example',
  '/%09//evil.example',
  '/.//evil.example',
  'javascript:alert(1)',
  'evil.example',
  '/history\r\nSet-Cookie: a=b',
  '/ä',
  '',
  '/history?what=is&longer=than&what=a&cookie=holds'.padEnd(1025, 'x'),
])('leads to the start, not to %j', async (returnTo) => {
  const browser = new Browser();
  expect(await leadsTo(browser, await upToCallback(browser, site, { returnTo }))).toBe('/');
  const kept = new Browser();
  const callback = await upToCallback(kept, site);
  kept.change('keyledger_sign_in', changed(kept, { returnTo }));
  expect(await leadsTo(kept, callback)).toBe('/');
});

it('starts while the provider is away, and signs in as soon as it is there', async () => {
  const own = await openSite({ jwt: true }, { isUp: false });
  const browser = new Browser();
  for (let time = 0; time < 2; time += 1) {
    expect(errorIn(await leadsTo(browser, `${own.url}/auth/sign-in`))).toBe('provider');
  }
  expect(own.world.log()).toContain('"code":"provider","reason":"ECONNREFUSED"');
  await own.provider.up();
  const callback = await upToCallback(browser, own);
  await own.provider.down();
  expect(errorIn(await leadsTo(browser, callback))).toBe('provider');
  await own.provider.up();
  expect(await leadsTo(browser, await upToCallback(browser, own))).toBe('/history');
  expect(await viewer(browser, own)).toEqual(ADA);
  await own.world.stop();
});

it('has the page sign people in where there is no provider to do it', async () => {
  const local = await openWorld();
  const browser = new Browser();
  expect(await leadsTo(browser, `${local.url}/auth/sign-in?returnTo=/history?a=b`)).toBe(
    '/sign-in?returnTo=%2Fhistory%3Fa%3Db',
  );
  expect(await leadsTo(browser, `${local.url}/auth/sign-in?returnTo=//evil.example`)).toBe('/sign-in?returnTo=%2F');
  expect((await ask(`${local.url}/auth/callback?code=x&state=y`)).status).toBe(404);
  await local.stop();
});

it('leaves no code and no token in the log', async () => {
  const browser = new Browser();
  const callback = await upToCallback(browser, site);
  const kept = browser.cookie('keyledger_sign_in');
  await leadsTo(browser, callback);
  await leadsTo(new Browser(), callback);
  await fetch(callback, { headers: { cookie: `keyledger_sign_in=${kept}` }, redirect: 'manual' });
  await viewer(browser, site);
  const { code, state } = Object.fromEntries(callback.searchParams);
  const token = browser.cookie('keyledger_session') ?? '';
  expect(site.world.log()).toContain('a sign-in failed');
  for (const part of [code, state, kept, ...token.split('.').slice(1)]) {
    expect(part?.length).toBeGreaterThan(20);
    expect(site.world.log()).not.toContain(part);
  }
});

/** The reason that the page `/sign-in` gives. */
function errorIn(location: string | null): string | null {
  const { pathname, searchParams } = new URL(location ?? '', site.url);
  expect(pathname).toBe('/sign-in');
  return searchParams.get('error');
}

/** The cookie of the attempt with these parts replaced. */
function changed(browser: Browser, parts: Record<string, string>): string {
  const attempt = JSON.parse(Buffer.from(browser.cookie('keyledger_sign_in') ?? '', 'base64url').toString());
  return Buffer.from(JSON.stringify({ ...attempt, ...parts })).toString('base64url');
}
