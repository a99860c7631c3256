import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import type { BrowserContext, Page } from 'playwright-core';
import { describeInBrowserWhenLong, openDashboard } from '../support/browser.js';
import { askForKey, createKey, keepSecret } from '../support/dashboard.js';
import { storedIn } from '../support/heap.js';
import { openSite, type Site } from '../support/site.js';

const BUILT = join(import.meta.dirname, '../../dist/dashboard');
const MINUTE = 60_000;

/** How far the server's clock is ahead, in milliseconds. */
let ahead = 0;

async function openSignedIn(): Promise<{ site: Site; page: Page; context: BrowserContext; complaints: string[] }> {
  ahead = 0;
  const site = await openSite({ jwt: true, refresh: true }, { clock: () => Date.now() + ahead, dashboard: BUILT });
  const { page, context, complaints } = await openDashboard({ url: site.url });
  await page.getByRole('link', { name: 'Sign in' }).click();
  await page.locator('input[name="login"]').fill('ada');
  await page.locator('input[name="password"]').fill('any');
  await page.locator('button[type="submit"]').click();
  await page.locator('button[type="submit"]').click();
  await page.getByRole('heading', { name: 'You have no API keys yet' }).waitFor();
  return { site, page, context, complaints };
}

/** The most requests to that address that the browser had in flight together. They are held until then, and a moment longer. */
async function inFlightTogether(
  context: BrowserContext,
  address: string,
  then: Promise<unknown>,
): Promise<() => { most: number; all: number }> {
  let [present, most, all] = [0, 0, 0];
  await context.route(address, async (route) => {
    present += 1;
    all += 1;
    most = Math.max(most, present);
    await then;
    await delay(500);
    const response = await route.fetch();
    await route.fulfill({ response });
    present -= 1;
  });
  return () => ({ most, all });
}

describeInBrowserWhenLong('a session at an identity provider', () => {
  it('goes on when its token has ended, in two tabs that renew it one after another, and no script sees a token', async () => {
    const { site, page, context } = await openSignedIn();
    const other = await context.newPage();
    await other.goto(`${site.url}/settings/api-keys`);
    await other.getByRole('heading', { name: 'You have no API keys yet' }).waitFor();
    const refused = [page, other].map((tab) => tab.waitForResponse((response) => response.status() === 401));
    const renewals = await inFlightTogether(context, '**/auth/renew', Promise.all(refused));
    ahead += 6 * MINUTE;
    site.provider.live.lifetime = 3600;
    await Promise.all([createKey(page, 'one'), createKey(other, 'two')]);
    expect(renewals()).toEqual({ most: 1, all: expect.any(Number) });
    expect(renewals().all).toBeGreaterThan(0);
    expect(site.provider.live.refreshes).toBe(1);
    for (const tab of [page, other]) await keepSecret(tab);
    for (const name of ['one', 'two']) await page.locator('tbody th .name', { hasText: name }).waitFor();
    expect(await page.getByText('Your session has ended.').count()).toBe(0);
    const cookies = await context.cookies(site.url);
    const ours = cookies.filter(({ name }) => name.startsWith('keyledger_'));
    expect(ours.map(({ name, httpOnly }) => ({ name, httpOnly }))).toEqual([
      { name: 'keyledger_session', httpOnly: true },
      { name: 'keyledger_renewal', httpOnly: true },
    ]);
    await context.clearCookies();
    const left = await storedIn(page);
    for (const { value } of ours) expect(left.includes(value)).toBe(false);
  });

  it('ends with a word of it where the provider refuses to renew it, and says what it is where the provider is away', async () => {
    const { site, page } = await openSignedIn();
    ahead += 6 * MINUTE;
    await site.provider.down();
    await askForKey(page, 'first');
    await page.getByRole('dialog').getByText('Your session could not be renewed.').waitFor();
    ahead += 12 * 60 * MINUTE;
    await page.reload();
    await page.getByRole('link', { name: 'Sign in' }).waitFor();
  });

  it('ends at the provider, too, when somebody signs out', async () => {
    const { site, page, complaints } = await openSignedIn();
    await page.getByRole('button', { name: 'Sign out' }).click();
    await page.waitForURL(`${site.provider.issuer}/session/end?**`);
    await page.getByRole('button', { name: 'Sign out' }).click();
    await page.waitForURL(`${site.url}/`);
    await page.getByRole('link', { name: 'Sign in' }).click();
    await page.locator('input[name="login"]').waitFor();
    expect(complaints.filter((complaint) => complaint.startsWith('CSP'))).toEqual([]);
  });

  it('leads to the page that was asked for after a failed attempt', async () => {
    const { site, page } = await openSignedIn();
    await page.goto(`${site.url}/sign-in?error=denied&returnTo=%2Fhistory%3Fkey%3Da`);
    await page.getByRole('link', { name: 'Sign in' }).click();
    await page.waitForURL(`${site.url}/history?key=a`);
  });
});
