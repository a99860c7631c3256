import { setTimeout as delay } from 'node:timers/promises';
import type { Page, Request } from 'playwright-core';
import { describeInEachBrowserWhenLong, itInChromium, openDashboard } from '../support/browser.js';
import { newAccount, temporaryDirectory } from '../support/cleanup.js';
import {
  askForKey,
  asks,
  becomeVisible,
  createKey,
  fill,
  followed,
  holdAnswer,
  keepSecret,
  keepToasts,
  readSecret,
  untilNames,
  withoutFeed,
} from '../support/dashboard.js';
import { type Server, startServer } from '../support/server.js';

/** How long a page is watched that has nothing to do, in milliseconds. */
const IDLE = 8_000;

describeInEachBrowserWhenLong('a page of an account that others change', () => {
  let server: Server;
  beforeAll(async () => {
    server = await startServer(temporaryDirectory());
  });

  const untilEmpty = (page: Page) => page.getByRole('heading', { name: 'You have no API keys yet' }).waitFor();
  /** How often the page has sent that document so far. */
  const counted = (page: Page, operation: string): (() => number) => {
    let count = 0;
    page.on('request', (request) => {
      if (asks(request, operation)) count += 1;
    });
    return () => count;
  };

  it('follows an account to which nothing has ever happened, by one feed that has no cursor to go on after', async () => {
    const owner = await server.client();
    const { page } = await openDashboard(owner);
    await untilEmpty(page);
    const feeds: unknown[] = [];
    page.on('request', (request) => {
      if (asks(request, 'NewEvents')) feeds.push(request.postDataJSON().variables.after ?? null);
    });
    page.on('framenavigated', () => feeds.splice(0));
    await followed(page);
    await owner.newKey({ name: 'the first' });
    await untilNames(page, ['the first']);
    expect(feeds).toEqual([null]);
  });

  it('asks for nothing while nothing happens, beside its one feed', async () => {
    const { page } = await openDashboard(await server.client());
    await followed(page);
    await untilEmpty(page);
    const asked: string[] = [];
    page.on('request', (request) => asked.push(request.postData() ?? request.url()));
    // The start of the feed has made the page load its account again.
    for (let before = -1; asked.length > before; await delay(IDLE)) before = asked.length;
    asked.splice(0);
    await delay(IDLE);
    expect(asked).toEqual([]);
  });

  it('says in passing what others did, and nothing of what it did itself', async () => {
    const owner = await server.client(newAccount(), { subject: 'ada' });
    const { page } = await openDashboard(await server.client(owner.account, { subject: 'bob' }));
    await followed(page);
    await keepToasts(page);
    await untilEmpty(page);
    const toasts = page.getByRole('status', { name: 'What happened elsewhere' });
    await createKey(page, 'own');
    await keepSecret(page);
    const { key } = await owner.newKey({ name: 'theirs' });
    await toasts.getByText('“theirs” was created by ada.').waitFor();
    await toasts.getByRole('button', { name: 'Dismiss' }).click();
    await owner.deleteKey(key.keyId);
    await toasts.getByText('“theirs” was deleted.').waitFor();
    expect(await toasts.locator('.toast').count()).toBe(1);
    await page.getByRole('button', { name: /^Delete own/ }).click();
    await page.getByRole('button', { name: 'Delete permanently' }).click();
    await untilEmpty(page);
    expect(await toasts.textContent()).not.toContain('own');
  });

  it('shows what another has done meanwhile, although the answer to a change of its own is older', async () => {
    const owner = await server.client();
    const { page } = await openDashboard(owner);
    const { given, release } = await holdAnswer(page, 'CreateKey');
    await askForKey(page, 'mine');
    await given;
    await owner.newKey({ name: 'theirs' });
    await untilNames(page, ['mine', 'theirs']);
    release();
    await readSecret(page);
    await keepSecret(page);
    await untilNames(page, ['mine', 'theirs']);
  });

  it('shows what happens although it happens faster than it can be loaded', async () => {
    const owner = await server.client();
    const { page: witness } = await openDashboard(owner);
    await untilEmpty(witness);
    const { page } = await openDashboard(owner);
    let keyId: string | undefined;
    await page.route('**/graphql', async (route) => {
      if (!asks(route.request(), 'HistoryPage')) return route.fallback();
      const response = await route.fetch();
      // While the answer is on its way, something else happens, and the feed reports it.
      if (keyId === undefined) ({ keyId } = (await owner.newKey({ name: 'passing' })).key);
      else keyId = void (await owner.deleteKey(keyId));
      await untilNames(witness, keyId === undefined ? [] : ['passing']);
      await route.fulfill({ response }).catch(() => {});
    });
    await page.goto(`${server.url}/history`);
    await page.locator('td.what').first().waitFor();
  });

  it('forgets nothing of when keys were used while it is asked for again', async () => {
    const owner = await server.client();
    await owner.newKey({ name: 'used' });
    const { page } = await openDashboard(owner, { path: '/history' });
    await page.route('**/graphql', async (route) => {
      if (!asks(route.request(), 'KeysPage')) return route.fallback();
      const response = await route.fetch();
      const body = (await response.text()).replace('"lastUsedAt":null', '"lastUsedAt":"2026-01-01T00:00:00.000Z"');
      await route.fulfill({ response, body });
    });
    await page.getByRole('link', { name: 'API keys' }).click();
    await followed(page);
    const used = page.getByRole('row', { name: /^used/ }).locator('time[datetime="2026-01-01T00:00:00.000Z"]');
    await used.waitFor();
    const { release } = await holdAnswer(page, 'KeysPage');
    await createKey(page, 'new');
    await untilNames(page, ['used', 'new']);
    expect(await used.count()).toBe(1);
    release();
  });

  it('is loaded again when somebody looks at it again', async () => {
    const owner = await server.client();
    const { page } = await openDashboard(owner, { path: '/history' });
    await withoutFeed(page);
    await page.goto(`${server.url}/settings/api-keys`);
    await untilEmpty(page);
    await owner.newKey({ name: 'meanwhile' });
    await becomeVisible(page);
    await untilNames(page, ['meanwhile']);
  });

  it('leaves the feed of an account when an auditor turns to another', async () => {
    const { account } = await fill(await server.client(), 2);
    const auditor = await server.client(newAccount(), { role: 'auditor' });
    const { page } = await openDashboard(auditor, { path: `/history?account=${account}` });
    await followed(page);
    const left = page.waitForEvent('requestfailed', (request) => asks(request, 'NewEvents'));
    await page.getByLabel('Account').fill(newAccount());
    await page.getByRole('button', { name: 'Apply' }).click();
    await left;
  });

  it('shows what happened while it was being loaded', async () => {
    const owner = await server.client();
    const { page: witness } = await openDashboard(owner);
    await untilEmpty(witness);
    const { page } = await openDashboard(owner);
    await followed(page);
    await untilEmpty(page);
    const { given, release } = await holdAnswer(page, 'KeysPage');
    await becomeVisible(page);
    await given;
    await owner.newKey({ name: 'meanwhile' });
    await untilNames(witness, ['meanwhile']);
    release();
    await untilNames(page, ['meanwhile']);
  });

  it.each([
    ['where its clock is ahead of the server’s', 1_800_000],
    ['where no timer reaches so far', 2 ** 31 + 7_200_000],
  ])('does not ask all the time whether a key has expired %s', async (_where, expiresIn) => {
    const owner = await server.client();
    await owner.newKey({ name: 'early', expiresAt: new Date(Date.now() + expiresIn).toISOString() });
    const { page } = await openDashboard(owner, { path: '/history', isNew: true });
    await withoutFeed(page);
    await page.clock.install({ time: Date.now() + 3_600_000 });
    const loads = counted(page, 'KeysPage');
    await page.goto(`${server.url}/settings/api-keys`);
    await untilNames(page, ['early']);
    for (let seconds = 0; seconds < 60; seconds += 1) await page.clock.runFor(1000);
    // A page that begins to follow asks once more.
    expect(loads()).toBeLessThanOrEqual(2);
  });

  const itHearsOfDropped = itInChromium('it does not tell of a request that the page drops while a test holds it');
  itHearsOfDropped('shows the keys as of the instant that was chosen last, whichever answer comes last', async () => {
    const owner = await server.client();
    const { key } = await owner.newKey({ name: 'passing' });
    const { page } = await openDashboard(owner, { path: '/history' });
    const snapshot = page.getByRole('table', { name: 'The keys that the account held at that instant' });
    await snapshot.waitFor();
    await owner.deleteKey(key.keyId);
    await page.getByText('The account held no keys.').waitFor();
    // The page may still load the present anew for what it heard late.
    const isEarliest = (request: Request) => asks(request, 'KeysAsOf') && request.postData()?.includes(key.createdAt) === true;
    const { given, release } = await holdAnswer(page, 'KeysAsOf', isEarliest);
    const slider = page.getByRole('slider');
    await slider.press('Home');
    await given;
    const dropped = page.waitForEvent('requestfailed', isEarliest);
    const answer = page.waitForResponse((response) => asks(response.request(), 'KeysAsOf') && !isEarliest(response.request()));
    await slider.press('End');
    await Promise.all([dropped, answer]);
    release();
    await page.getByText('The account held no keys.').waitFor();
  });
});
