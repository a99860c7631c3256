import type { Locator, Page } from 'playwright-core';
import { describeInBrowserWhenLong, openDashboard } from '../support/browser.js';
import { newAccount, temporaryDirectory } from '../support/cleanup.js';
import { asks, untilNames } from '../support/dashboard.js';
import { freePort } from '../support/eventstoredb-server.js';
import { type Server, startServer } from '../support/server.js';

describeInBrowserWhenLong('a page whose server goes away and comes back', () => {
  let server: Server;
  let again: () => Promise<void>;
  beforeEach(async () => {
    const start = [temporaryDirectory(), { PORT: String(await freePort()) }] as const;
    server = await startServer(...start);
    again = async () => {
      server = await startServer(...start);
    };
  });

  const noticeOf = (place: Page | Locator) => place.getByRole('status').getByText('The server does not answer. Trying again.');

  it('says so in every tab until it is back, and then follows what others do', async () => {
    const before = await server.client();
    const { page, context } = await openDashboard(before);
    await page.getByRole('heading', { name: 'You have no API keys yet' }).waitFor();
    const other = await context.newPage();
    await other.goto(`${server.url}/history`);
    await other.getByText('Nothing has happened yet.').waitFor();
    await server.end('SIGKILL');
    const notices = [page, other].map(noticeOf);
    for (const notice of notices) await notice.waitFor();
    await again();
    await (await server.client(before.account)).newKey({ name: 'after' });
    await untilNames(page, ['after']);
    for (const notice of notices) await notice.waitFor({ state: 'detached' });
  });

  it('says so after a request in vain without a feed, too, and loads what is asked for when it is back', async () => {
    const operator = await server.client(newAccount(), { role: 'operator' });
    const { page } = await openDashboard(operator, { path: '/accounts' });
    await page.getByText('No account matches.').waitFor();
    const owner = await server.client();
    await owner.newKey({ name: 'sought' });
    await server.end('SIGKILL');
    await page.getByLabel('Account, key id or name').fill(owner.account);
    await page.getByRole('button', { name: 'Apply' }).click();
    await page.getByRole('alert').waitFor();
    await noticeOf(page).waitFor();
    await again();
    await page.getByText('sought', { exact: true }).waitFor();
    await noticeOf(page).waitFor({ state: 'detached' });
    expect(await page.getByRole('alert').count()).toBe(0);
  });

  it('says so within a dialog, which hides the rest of the page', async () => {
    const { page } = await openDashboard(await server.client());
    await page.getByRole('button', { name: 'Create', exact: true }).click();
    const notice = noticeOf(page.getByRole('dialog'));
    await server.end('SIGKILL');
    await notice.waitFor();
    await again();
    await notice.waitFor({ state: 'detached' });
  });

  it('takes any answer for a sign that it is back, whatever the feed waits for', async () => {
    const { page } = await openDashboard(await server.client());
    await page.getByRole('heading', { name: 'You have no API keys yet' }).waitFor();
    await server.end('SIGKILL');
    await noticeOf(page).waitFor();
    await page.route('**/graphql', (route) => (asks(route.request(), 'LatestEvent') ? route.abort() : route.fallback()));
    await again();
    await noticeOf(page).waitFor({ state: 'detached' });
  });
});
