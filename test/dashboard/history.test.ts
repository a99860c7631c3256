import type { Page } from 'playwright-core';
import { describeInBrowser, openDashboard } from '../support/browser.js';
import { newAccount, temporaryDirectory } from '../support/cleanup.js';
import type { Client } from '../support/client.js';
import { asks, fill, picture, withoutFeed } from '../support/dashboard.js';
import { type Server, startServer } from '../support/server.js';

const HISTORY = { path: '/history' };

describeInBrowser('the history', () => {
  let server: Server;
  /** An owner all of whose events are covered by a checkpoint: a server signs once more before it stops. */
  let signed: Client;
  beforeAll(async () => {
    const data = temporaryDirectory();
    server = await startServer(data);
    const { account } = await filled(2);
    await server.end('SIGTERM');
    server = await startServer(data);
    signed = await server.client(account);
  });
  const filled = async (count: number) => fill(await server.client(), count);

  const sentences = (page: Page) => page.locator('td.what > span').allTextContents();
  const untilVerified = (page: Page) => page.getByText('Verified by this browser.').waitFor();

  it('shows what happened, the newest first, each event proved by the browser itself', async () => {
    const owner = await server.client();
    const old = await owner.newKey({ name: 'old' });
    await owner.rotateKey({ keyId: old.key.keyId, overlapSeconds: 3600 });
    await owner.deleteKey(old.key.keyId);
    const { page, complaints } = await openDashboard(owner, HISTORY);
    await untilVerified(page);
    await page.waitForFunction(() => document.querySelectorAll('td.what').length === 4);
    const [deleted, ...earlier] = await sentences(page);
    expect(deleted).toBe(`${old.key.keyId} was deleted`);
    expect(earlier.join('\n')).toMatch(
      /was given until[\s\S]*old was created as key_\w+, in the place of key_\w+[\s\S]*old was created as/,
    );
    await page.waitForFunction(() => document.querySelectorAll('td[data-label="Proof"] .active').length === 4);
    expect(await page.getByRole('status').filter({ hasText: 'Verified' }).textContent()).toMatch(
      /4 events shown here are in the signed log/,
    );
    expect(complaints).toEqual([]);
    await picture(page, 'history verified');
  });

  it('shows new events by themselves, and proves them once they are signed', async () => {
    const owner = signed;
    const { page } = await openDashboard(owner, HISTORY);
    // The page has nothing left to look for by itself.
    await page.waitForFunction(() => document.querySelectorAll('td[data-label="Proof"] .active').length === 2);
    await owner.newKey({ name: 'the latest' });
    await page.getByText('the latest was created').first().waitFor();
    await page.waitForFunction(() => document.querySelectorAll('td[data-label="Proof"] .active').length === 3);
  });

  it('shows every part of an event that its leaf is made of', async () => {
    const owner = await filled(2);
    const { page } = await openDashboard(owner, HISTORY);
    await page.getByText('All of it').first().click();
    const { data } = await owner.send<{ events: { edges: { node: { canonical: string } }[] } }>(
      '{ events(last: 1) { edges { node { canonical } } } }',
    );
    const shown = JSON.parse((await page.locator('details[open] pre').textContent()) ?? '');
    expect(shown).toEqual(JSON.parse(data?.events.edges[0]?.node.canonical ?? ''));
  });

  it('turns pages both ways', async () => {
    const { page } = await openDashboard(await filled(46), HISTORY);
    await page.waitForFunction(() => document.querySelectorAll('td.what').length === 20);
    const newest = await sentences(page);
    const turn = async (name: string) => {
      const before = await page.locator('tbody td.what').first().textContent();
      await page.getByRole('button', { name, exact: true }).click();
      await page.waitForFunction((text) => document.querySelector('tbody td.what')?.textContent !== text, before);
    };
    await turn('Older');
    await turn('Older');
    expect(await sentences(page)).toHaveLength(6);
    expect(await page.getByRole('button', { name: 'Older' }).isDisabled()).toBe(true);
    await turn('Newer');
    expect(await sentences(page)).toHaveLength(20);
    await turn('Newer');
    expect(await sentences(page)).toEqual(newest);
  });

  it('shows the keys as of any instant, by a slider that the keyboard moves', async () => {
    const owner = await server.client();
    await owner.newKey({ name: 'first' });
    await new Promise((resolve) => setTimeout(resolve, 20));
    const { key } = await owner.newKey({ name: 'second' });
    await owner.deleteKey(key.keyId);
    const { page } = await openDashboard(owner, HISTORY);
    const snapshot = page.getByRole('table', { name: 'The keys that the account held at that instant' });
    const names = () => snapshot.locator('tbody th').allTextContents();
    await snapshot.waitFor();
    expect(await names()).toEqual(['first']);
    const { data } = await owner.send<{ account: { history: { edges: { node: { at: string } }[] } } }>(
      '{ account { history { edges { node { at } } } } }',
    );
    const [, second = 0] = data?.account.history.edges.map(({ node }) => Date.parse(node.at)) ?? [];
    const slider = page.getByRole('slider');
    await slider.fill(String(second));
    await snapshot.getByText('second').waitFor();
    expect(await names()).toEqual(['first', 'second']);
    await slider.press('ArrowLeft');
    await snapshot.getByText('second').waitFor({ state: 'detached' });
    expect(await names()).toEqual(['first']);
  });

  it('says that the time of an account could not be loaded, and tries again', async () => {
    const { page } = await openDashboard(await filled(2), { path: '/settings/api-keys' });
    await withoutFeed(page);
    let fails = true;
    await page.route('**/graphql', (route) =>
      fails && asks(route.request(), 'FirstEvent') ? route.abort() : route.fallback(),
    );
    await page.getByRole('link', { name: 'History' }).click();
    const card = page.getByRole('region', { name: 'Keys as of an instant' });
    await card.getByRole('alert').waitFor();
    expect(await page.getByRole('slider').count()).toBe(0);
    fails = false;
    await card.getByRole('button', { name: 'Try again' }).click();
    await page.getByRole('slider').waitFor();
    expect(await card.getByRole('alert').count()).toBe(0);
  });

  it('shows an auditor the events of all accounts, and of one with its keys', async () => {
    const one = await filled(2);
    const other = await filled(2);
    const auditor = await server.client(newAccount(), { role: 'auditor' });
    const { page } = await openDashboard(auditor, HISTORY);
    await page.getByRole('cell', { name: one.account }).first().waitFor();
    await page.getByRole('cell', { name: other.account }).first().waitFor();
    expect(await page.getByRole('slider').count()).toBe(0);
    await page.getByLabel('Account').fill(one.account);
    await page.getByRole('button', { name: 'Show' }).click();
    await page.getByRole('slider').waitFor();
    await page.waitForFunction(() => document.querySelectorAll('td.what').length === 2);
    expect(new URL(page.url()).search).toBe(`?account=${one.account}`);
    expect(await page.getByRole('link', { name: 'API keys' }).count()).toBe(0);
  });

  it('shows an owner nothing of another account, whatever stands in the address', async () => {
    const other = await filled(2);
    const owner = await filled(4);
    const { page } = await openDashboard(owner, { path: `/history?account=${other.account}` });
    await page.waitForFunction(() => document.querySelectorAll('td.what').length === 4);
    expect(await page.content()).not.toContain(other.account);
  });
});
