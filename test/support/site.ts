import type { Browser } from './cookie-browser.js';
import { freePort } from './eventstoredb-server.js';
import { OpenIdProvider, type OpenIdProviderOptions } from './openid-provider.js';
import { openWorld, type World, type WorldOptions } from './world.js';

/** A Keyledger and its provider. */
export interface Site {
  world: World;
  provider: OpenIdProvider;
  url: string;
}

export async function openSite(
  options: Omit<OpenIdProviderOptions, 'publicUrl'> = { jwt: true },
  { isUp = true, ...more }: { isUp?: boolean } & Omit<WorldOptions, 'env'> & { env?: Record<string, string> } = {},
): Promise<Site> {
  const port = await freePort();
  const url = `http://127.0.0.1:${port}`;
  const provider = await OpenIdProvider.create({ publicUrl: url, ...options });
  if (isUp) await provider.up();
  const env = { ...provider.settings, PORT: `${port}`, LOG_LEVEL: 'trace', ...more.env };
  const world = await openWorld({ ...more, env });
  return { world, provider, url };
}

export const isCallback = ({ pathname }: URL) => pathname === '/auth/callback';

/** Signs in at the provider, and stops before the browser comes back. */
export async function upToCallback(
  browser: Browser,
  { url }: Pick<Site, 'url'>,
  { returnTo = '/history', login = 'ada' } = {},
): Promise<URL> {
  const begun = await browser.follow(`${url}/auth/sign-in?${new URLSearchParams({ returnTo })}`, isCallback);
  if (isCallback(begun.url)) return begun.url;
  const consent = await submit(browser, begun.page, { prompt: 'login', login, password: 'any' });
  return isCallback(consent.url) ? consent.url : (await submit(browser, consent.page, { prompt: 'consent' })).url;
}

export function submit(browser: Browser, page: string, fields: Record<string, string>) {
  const [, action = ''] = /<form[^>]* action="([^"]+)"/.exec(page) ?? [];
  return browser.follow(action, isCallback, { method: 'POST', body: new URLSearchParams(fields) });
}

/** The address to which the browser is redirected. */
export async function leadsTo(browser: Browser, url: string | URL): Promise<string | null> {
  const response = await browser.ask(String(url));
  expect(response.status).toBe(302);
  expect(response.headers.get('cache-control')).toBe('no-store');
  return response.headers.get('location');
}

/** The viewer that the API sees for the browser. */
export async function viewer(browser: Browser, { url }: Site) {
  const response = await browser.ask(`${url}/graphql`, {
    method: 'POST',
    headers: { 'content-type': 'application/json', origin: url },
    body: '{"query":"{ viewer { subject accountId roles } }"}',
  });
  return (await response.json()).data?.viewer;
}
