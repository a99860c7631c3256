import type { BrowserContext, Page } from 'playwright-core';
import { describeInBrowser, openDashboard } from '../support/browser.js';
import { temporaryDirectory } from '../support/cleanup.js';
import { asks, createKey, keepSecret, untilNames } from '../support/dashboard.js';
import { type Server, startServer } from '../support/server.js';

/** More than the connections that a browser opens to a server over HTTP/1.1. */
const TABS = 10;

describeInBrowser('ten tabs of one browser', () => {
  let server: Server;
  beforeAll(async () => {
    server = await startServer(temporaryDirectory());
  });

  /** Opens the keys in each tab. Resolves once all tabs show them and one reads the feed. */
  async function openTabs() {
    const owner = await server.client();
    await owner.newKey({ name: 'first' });
    const { context, page } = await openDashboard(owner, { path: '/sign-in' });
    const feeds = feedsOf(context);
    const tabs = [page];
    while (tabs.length < TABS) tabs.push(await context.newPage());
    for (const tab of tabs) await tab.goto(`${server.url}/settings/api-keys`);
    await all(tabs, (tab) => untilNames(tab, ['first']));
    const leader = await feeds.next();
    return { owner, feeds, tabs, leader };
  }

  it('all show what others do, and make changes, by one feed', async () => {
    const { owner, feeds, tabs } = await openTabs();
    const { key } = await owner.newKey({ name: 'elsewhere' });
    await all(tabs, (tab) => untilNames(tab, ['first', 'elsewhere']));
    await owner.deleteKey(key.keyId);
    await all(tabs, (tab) => untilNames(tab, ['first']));
    const last = tabs[TABS - 1] as Page;
    await createKey(last, 'here');
    await keepSecret(last);
    await all(tabs, (tab) => untilNames(tab, ['first', 'here']));
    expect(feeds.open()).toHaveLength(1);
    expect(feeds.begun()).toBe(1);
  });

  it('go on by the feed of another when the one that read it is closed', async () => {
    const { owner, feeds, tabs, leader } = await openTabs();
    await leader.close();
    const others = tabs.filter((tab) => tab !== leader);
    expect(others).toContain(await feeds.next());
    await owner.newKey({ name: 'afterwards' });
    await all(others, (tab) => untilNames(tab, ['first', 'afterwards']));
    expect(feeds.open()).toHaveLength(1);
  });

  it('leave the feed when none of them is seen, and show what happened meanwhile when one is seen again', async () => {
    const { owner, feeds, tabs } = await openTabs();
    // The one that reads comes last: the others no longer wait for its place then.
    const [reader] = feeds.open();
    const left = (reader as Page).waitForEvent('requestfailed', (request) => asks(request, 'NewEvents'));
    for (const tab of tabs.filter((tab) => tab !== reader)) await show(tab, 'hidden');
    await show(reader as Page, 'hidden');
    await left;
    expect(feeds.open()).toEqual([]);
    await owner.newKey({ name: 'unseen' });
    await show(tabs[3] as Page, 'visible');
    await untilNames(tabs[3] as Page, ['first', 'unseen']);
    expect(await feeds.next()).toBe(tabs[3]);
    expect(feeds.begun()).toBe(2);
  });
});

function all(tabs: Page[], work: (tab: Page) => Promise<unknown>): Promise<unknown> {
  return Promise.all(tabs.map(work));
}

/** The feeds of a browser's tabs. */
function feedsOf(context: BrowserContext) {
  const begun: Page[] = [];
  const open = new Set<Page>();
  let seen = 0;
  let tell = () => {};
  context.on('request', (request) => {
    if (!asks(request, 'NewEvents')) return;
    const page = request.frame().page();
    begun.push(page);
    open.add(page);
    page.once('close', () => open.delete(page));
    tell();
  });
  context.on('requestfailed', (request) => {
    if (asks(request, 'NewEvents')) open.delete(request.frame().page());
  });
  return {
    /** The tabs that read a feed. */
    open: () => [...open],
    /** How many feeds were begun so far. */
    begun: () => begun.length,
    /** Resolves with the tab of the feed that is begun next, after the last one that was asked for. */
    async next(): Promise<Page> {
      while (begun.length <= seen)
        await new Promise<void>((resolve) => {
          tell = resolve;
        });
      seen += 1;
      return begun[seen - 1] as Page;
    },
  };
}

/** Tells the page that it is seen, or no longer: in this browser all tabs are. */
function show(page: Page, state: 'visible' | 'hidden'): Promise<unknown> {
  return page.evaluate((visibilityState) => {
    Object.defineProperty(document, 'visibilityState', { configurable: true, get: () => visibilityState });
    document.dispatchEvent(new Event('visibilitychange'));
  }, state);
}
