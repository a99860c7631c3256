import type { Page } from 'playwright-core';
import { describeInEachBrowserWhenLong, openDashboard } from '../support/browser.js';
import { temporaryDirectory } from '../support/cleanup.js';
import { createKey, keepSecret, untilNames } from '../support/dashboard.js';
import { feedsOf, isFeed } from '../support/feeds-of-tabs.js';
import { type Server, startServer } from '../support/server.js';

/** More than the connections that a browser opens to a server over HTTP/1.1. */
const TABS = 8;

describeInEachBrowserWhenLong(`${TABS} tabs of one browser`, () => {
  let server: Server;
  beforeAll(async () => {
    server = await startServer(temporaryDirectory());
  });

  it('show what others do and make changes, by one feed; another tab reads it when its tab is closed; none does while none is seen', async () => {
    const owner = await server.client();
    await owner.newKey({ name: 'first' });
    const { context, page } = await openDashboard(owner, { path: '/sign-in' });
    const feeds = feedsOf(context);
    const tabs = [page];
    while (tabs.length < TABS) tabs.push(await context.newPage());
    for (const tab of tabs) await tab.goto(`${server.url}/settings/api-keys`);
    await all(tabs, (tab) => untilNames(tab, ['first']));
    const leader = await feeds.next();

    const { key } = await owner.newKey({ name: 'elsewhere' });
    await all(tabs, (tab) => untilNames(tab, ['first', 'elsewhere']));
    await owner.deleteKey(key.keyId);
    await all(tabs, (tab) => untilNames(tab, ['first']));
    const last = tabs[TABS - 1] as Page;
    const here = await createKey(last, 'here');
    await keepSecret(last);
    await all(tabs, (tab) => untilNames(tab, ['first', 'here']));
    expect(feeds.open()).toEqual([leader]);
    expect(feeds.begun()).toBe(1);

    await leader.close();
    const others = tabs.filter((tab) => tab !== leader);
    const next = await feeds.next();
    expect(others).toContain(next);
    await owner.deleteKey(here.keyId);
    await all(others, (tab) => untilNames(tab, ['first']));
    expect(feeds.open()).toEqual([next]);

    // The one that reads is hidden last: no other waits for its place then.
    const left = next.waitForEvent('requestfailed', isFeed);
    const unread = others.filter((tab) => tab !== next);
    await all(unread, (tab) => show(tab, 'hidden'));
    await show(next, 'hidden');
    await left;
    expect(feeds.open()).toEqual([]);
    await owner.newKey({ name: 'unseen' });
    const [seen] = unread as [Page];
    await show(seen, 'visible');
    await untilNames(seen, ['first', 'unseen']);
    expect(await feeds.next()).toBe(seen);
    expect(feeds.begun()).toBe(3);
  });

  it('do not wait for a tab that was hidden, whatever it waits for itself', async () => {
    const { context, page } = await openDashboard(await server.client(), { path: '/sign-in' });
    const feeds = feedsOf(context);
    await page.goto(`${server.url}/settings/api-keys`);
    expect(await feeds.next()).toBe(page);
    const other = await context.newPage();
    await other.goto(page.url());
    await untilNames(other, []);
    // From now on, whatever this tab wants to do later never comes.
    await page.evaluate(() => Object.assign(window, { setTimeout: () => 0 }));
    await show(page, 'hidden');
    expect(await feeds.next()).toBe(other);
  });
});

function all(tabs: Page[], work: (tab: Page) => Promise<unknown>): Promise<unknown> {
  return Promise.all(tabs.map(work));
}

/** Tells the page that it is seen, or no longer: in this browser all tabs are. */
function show(page: Page, state: 'visible' | 'hidden'): Promise<unknown> {
  return page.evaluate((visibilityState) => {
    Object.defineProperty(document, 'visibilityState', { configurable: true, get: () => visibilityState });
    document.dispatchEvent(new Event('visibilitychange'));
  }, state);
}
