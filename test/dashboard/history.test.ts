import type { Page, Route } from 'playwright-core';
import { describeInBrowser, openDashboard } from '../support/browser.js';
import type { Client } from '../support/client.js';
import { picture } from '../support/dashboard.js';
import { type Server, startServer } from '../support/server.js';
import { newAccount, temporaryDirectory } from '../support/world.js';

const HISTORY = { path: '/history' };

describeInBrowser('the history', () => {
  let server: Server;
  /** An owner all of whose events are signed: a server signs what it has, before it stops. */
  let signed: Client;
  beforeAll(async () => {
    const data = temporaryDirectory();
    server = await startServer(data);
    const { account } = await filled(2);
    await server.end('SIGTERM');
    server = await startServer(data);
    signed = await server.client(account);
  });

  const verdicts = (page: Page) => page.locator('td[data-label="Proof"]').allTextContents();
  const sentences = (page: Page) => page.locator('td.what > span').allTextContents();
  const untilVerified = (page: Page) => page.getByText('Verified by this browser.').waitFor();

  /** Changes what the server answers to the page, as somebody in its place could. */
  const tamper = (page: Page, operation: string, change: (text: string) => string) =>
    page.route('**/graphql', async (route: Route) => {
      if (!route.request().postData()?.includes(operation)) return route.fallback();
      const response = await route.fetch();
      await route.fulfill({ response, body: change(await response.text()) });
    });

  const filled = async (count: number): Promise<Client> => {
    const owner = await server.client();
    for (let made = 0; made < count; made += 2) {
      const { key } = await owner.newKey({ name: `key ${made}` });
      await owner.deleteKey(key.keyId);
    }
    return owner;
  };

  it('shows what happened, the newest first, each event proved by the browser itself', async () => {
    const owner = await server.client();
    const old = await owner.newKey({ name: 'old' });
    await owner.rotateKey({ keyId: old.key.keyId, overlap: 3600 });
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
    const owner = await filled(2);
    const { page } = await openDashboard(owner, HISTORY);
    await page.waitForFunction(() => document.querySelectorAll('td.what').length === 2);
    await owner.newKey({ name: 'the latest' });
    await page.getByText('the latest was created').first().waitFor();
    await page.waitForFunction(() => document.querySelectorAll('td[data-label="Proof"] .active').length === 3);
  });

  it('shows every part of an event that its leaf is made of', async () => {
    const owner = signed;
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

  it.each([
    [
      'an event that was changed',
      'HistoryPage',
      (text: string) => text.replace('key 0', 'key X'),
      /1 event shown here is not in the log/,
    ],
    [
      'an event with another time',
      'HistoryPage',
      (text: string) => text.replace(/("at\\":\\"20)2/, '$13'),
      /1 event shown here is not in the log/,
    ],
    [
      'a proof that was changed',
      'HistoryPage',
      (text: string) => text.replace(/"leafIndex":(\d+)/, (_, index) => `"leafIndex":${Number(index) + 1}`),
      /not in the log/,
    ],
    [
      'a root that nobody signed',
      'Checkpoint',
      (text: string) => text.replace(/\\n(\d+)\\n/, '\\n1$1\\n'),
      /signature of the checkpoint is wrong/,
    ],
    [
      'a key that is not that of the log',
      'Checkpoint',
      (text: string) => text.replace(/(publicKey":"[^"]*)[A-Z]([^"]*")/, '$1z$2'),
      /not signed by the key|signature/,
    ],
  ])('calls %s what it is', async (what, operation, change, said) => {
    const { page } = await openDashboard(signed, HISTORY);
    await page.waitForFunction(() => document.querySelectorAll('td[data-label="Proof"] .active').length === 2);
    await tamper(page, operation, change);
    await page.reload();
    await page.getByText('The history cannot be trusted.').waitFor();
    expect(await page.getByRole('alert').textContent()).toMatch(said);
    await picture(page, 'history', what);
  });

  it('calls a log that was rewritten since this browser last saw it what it is, until the user knows why', async () => {
    const { page } = await openDashboard(signed, HISTORY);
    await untilVerified(page);
    await page.evaluate(() => {
      const kept = JSON.parse(localStorage.getItem('keyledger.checkpoint') ?? '{}');
      localStorage.setItem('keyledger.checkpoint', JSON.stringify({ ...kept, root: btoa('another root of thirty-two bytes') }));
    });
    await page.reload();
    await page.getByText('The history cannot be trusted.').waitFor();
    expect(await page.getByRole('alert').textContent()).toMatch(
      /does not agree with the one of \d+ that this browser has seen before/,
    );
    await page.getByRole('button', { name: 'Forget what it saw' }).click();
    await untilVerified(page);
  });

  it('remembers what it saw, and says that the log goes on from there', async () => {
    const { page } = await openDashboard(signed, HISTORY);
    await untilVerified(page);
    await filled(2);
    await page.waitForFunction(async () => {
      const size = () => JSON.parse(localStorage.getItem('keyledger.checkpoint') ?? '{}').size;
      const asked = JSON.stringify({ query: '{ checkpoint { treeSize } }' });
      const headers = { 'content-type': 'application/json' };
      const { data } = await (await fetch('/graphql', { method: 'POST', headers, body: asked })).json();
      return data.checkpoint.treeSize > size();
    });
    await page.reload();
    await page.getByText(/which goes on from what this browser saw on/).waitFor();
    expect(await verdicts(page)).toEqual(['Verified', 'Verified']);
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
