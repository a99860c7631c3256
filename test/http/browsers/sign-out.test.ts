import { decodeJwt } from 'jose';
import { Browser } from '../../support/cookie-browser.js';
import { isCallback, leadsTo, openSite, type Site, upToCallback, viewer } from '../../support/site.js';

let site: Site;
beforeEach(async () => {
  site = await openSite({ jwt: true, refresh: true });
});

afterEach(() => site.world.stop());

async function signIn(own: Site = site): Promise<Browser> {
  const browser = new Browser();
  await leadsTo(browser, await upToCallback(browser, own));
  return browser;
}

/** Signs out here, as our page does. */
function signOut(browser: Browser, { url }: Site = site, origin = url): Promise<Response> {
  return browser.ask(`${url}/auth/sign-out`, { method: 'POST', headers: { origin } });
}

/** Where the browser goes after it was signed out here. */
async function onward(browser: Browser, { url }: Site = site): Promise<URL> {
  return new URL((await leadsTo(browser, `${url}/auth/signed-out`)) ?? '', url);
}

it('ends the session here, then at the provider, and comes back to our first page', async () => {
  const browser = await signIn();
  const answer = await signOut(browser);
  expect({ status: answer.status, body: await answer.text() }).toEqual({ status: 204, body: '' });
  expect(await viewer(browser, site)).toBeUndefined();
  const there = await onward(browser);
  expect(`${there.origin}${there.pathname}`).toBe(`${site.provider.issuer}/session/end`);
  const { id_token_hint = '', ...others } = Object.fromEntries(there.searchParams);
  expect(others).toEqual({ client_id: 'dashboard', post_logout_redirect_uri: `${site.url}/` });
  expect(decodeJwt(id_token_hint).sub).toBe('ada');

  const isHome = ({ href }: URL) => href === `${site.url}/`;
  const asked = await browser.follow(there.href, isHome);
  const [, xsrf = ''] = /name="xsrf" value="([^"]+)"/.exec(asked.page) ?? [];
  const [, action = ''] = /<form[^>]* action="([^"]+)"/.exec(asked.page) ?? [];
  const body = new URLSearchParams({ xsrf, logout: 'yes' });
  expect(isHome((await browser.follow(action, isHome, { method: 'POST', body })).url)).toBe(true);
  const again = await browser.follow(`${site.url}/auth/sign-in`, isCallback);
  expect(again.page).toContain('name="password"');
});

it('revokes what could renew the session, copies of it included', async () => {
  const browser = await signIn();
  const copy = browser.cookie('keyledger_renewal');
  await signOut(browser);
  await onward(browser);
  const headers = { origin: site.url, cookie: `keyledger_renewal=${copy}` };
  const renewed = await fetch(`${site.url}/auth/renew`, { method: 'POST', headers });
  expect(renewed.status).toBe(401);
  expect(site.world.log()).toContain('invalid_grant');
});

it('sends nobody to the sign-out of the provider whom our own page has not signed out here', async () => {
  const browser = await signIn();
  expect((await signOut(browser, site, 'https://evil.example')).status).toBe(403);
  expect((await onward(browser)).href).toBe(`${site.url}/`);
  expect(await viewer(browser, site)).toBeDefined();
  await signOut(browser);
  expect((await onward(browser)).origin).toBe(site.provider.issuer);
  expect((await onward(browser)).href).toBe(`${site.url}/`);
});

it('takes no address from anybody', async () => {
  const browser = await signIn();
  await signOut(browser);
  const query = 'post_logout_redirect_uri=https://evil.example&returnTo=//evil.example';
  const there = new URL((await leadsTo(browser, `${site.url}/auth/signed-out?${query}`)) ?? '');
  expect(there.searchParams.getAll('post_logout_redirect_uri')).toEqual([`${site.url}/`]);
});

it.each<[what: string, change: (browser: Browser) => void]>([
  ['without a refresh token', () => {}],
  ['with a cookie that nobody can open', (browser) => browser.change('keyledger_renewal', 'nonsense')],
])('leads to the provider without a hint who it is, for a session %s', async (what, change) => {
  const own = await openSite({ jwt: true, refresh: what !== 'without a refresh token' });
  const browser = await signIn(own);
  change(browser);
  await signOut(browser, own);
  const there = await onward(browser, own);
  expect(there.origin).toBe(own.provider.issuer);
  expect(there.searchParams.has('id_token_hint')).toBe(false);
  await own.world.stop();
});

it('says so where the provider cannot be told', async () => {
  const own = await openSite({ jwt: true, refresh: true });
  const browser = await signIn(own);
  await own.world.stop();
  await own.provider.down();
  const later = await openSite({ jwt: true }, { isUp: false });
  await signOut(browser, later);
  expect((await onward(browser, later)).search).toBe('?error=still-signed-in');
  expect(later.world.log()).toContain('"code":"still-signed-in","reason":"ECONNREFUSED"');
  await later.world.stop();
});

it('reports that a refresh token was not revoked, and leads to the provider all the same', async () => {
  const browser = await signIn();
  await site.provider.down();
  await signOut(browser);
  expect((await onward(browser)).origin).toBe(site.provider.issuer);
  expect(site.world.log()).toContain('"reason":"ECONNREFUSED","msg":"a refresh token was not revoked;');
});

it('leaves no token in the log', async () => {
  const browser = await signIn();
  await signOut(browser);
  const hint = (await onward(browser)).searchParams.get('id_token_hint') ?? '';
  for (const part of hint.split('.').slice(1)) {
    expect(part.length).toBeGreaterThan(20);
    expect(site.world.log()).not.toContain(part);
  }
});
