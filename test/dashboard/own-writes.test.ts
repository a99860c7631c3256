import { join } from 'node:path';
import type { Page } from 'playwright-core';
import { SqliteEventStore } from '../../src/store/sqlite/sqlite.js';
import { describeInBrowserWhenLong, openDashboard } from '../support/browser.js';
import { temporaryDirectory } from '../support/cleanup.js';
import { asks, untilNames, untilSaid } from '../support/dashboard.js';
import { lockProjections } from '../support/late-projections.js';
import { startServer } from '../support/server.js';
import { openWorld } from '../support/world.js';

describeInBrowserWhenLong('a page behind a load balancer', () => {
  /** The page comes from one process, and its keys from another, which can be late. */
  async function behindTwo() {
    const server = await startServer(temporaryDirectory());
    const dataDirectory = temporaryDirectory();
    const store = new SqliteEventStore(join(server.dataDirectory, 'events.db'));
    const other = await openWorld({ store, dataDirectory, env: { KEYLEDGER_DEADLINE: '5m' } });
    const owner = await server.client();
    await owner.newKey({ name: 'kept' });
    const { version } = await owner.readAccount();
    const { token } = await other.client({ account: owner.account });
    const authorization = `Bearer ${token}`;
    const answer = (body: string) =>
      fetch(`${other.url}/graphql`, {
        method: 'POST',
        headers: { authorization, 'content-type': 'application/json' },
        body,
      }).then((response) => response.text());
    await answer(JSON.stringify({ query: `{ account(minVersion: ${version}) { id } }` }));
    const { page } = await openDashboard(owner, { path: '/history' });
    await page.route('**/graphql', async (route) => {
      if (!asks(route.request(), 'KeysPage')) return route.fallback();
      const body = await answer(route.request().postData() ?? '');
      // The page may no longer wait for it.
      await route.fulfill({ contentType: 'application/json', body }).catch(() => {});
    });
    await page.goto(`${server.url}/settings/api-keys`);
    await untilNames(page, ['kept']);
    return { owner, page, makeLate: () => lockProjections(dataDirectory) };
  }

  const untilAsked = (page: Page) => page.waitForRequest((request) => asks(request, 'KeysPage'));

  it('never shows again the key that was deleted on it, although the other process is late', async () => {
    const { page, makeLate } = await behindTwo();
    const catchUp = makeLate();
    await page.getByRole('button', { name: 'Delete kept' }).click();
    const asked = untilAsked(page);
    await page.getByRole('button', { name: 'Delete permanently' }).click();
    await asked;
    await untilNames(page, []);
    catchUp();
    await untilNames(page, []);
    await untilSaid(page, '“kept” was permanently deleted.');
  });

  it('shows what its feed has told of, although the other process is late', async () => {
    const { page, owner, makeLate } = await behindTwo();
    const catchUp = makeLate();
    const asked = untilAsked(page);
    await owner.newKey({ name: 'theirs' });
    await asked;
    catchUp();
    await untilNames(page, ['kept', 'theirs']);
  });

  it('goes on where a process knows nothing of what it was told: its log may be another', async () => {
    const { page } = await behindTwo();
    let refuse = () => {};
    const refused = new Promise<void>((resolve) => {
      refuse = resolve;
    });
    await page.route('**/graphql', async (route) => {
      const body = route.request().postData() ?? '';
      if (!asks(route.request(), 'KeysPage') || !/"minVersion":[1-9]/.test(body)) return route.fallback();
      refuse();
      const error = { message: 'No.', extensions: { code: 'BAD_USER_INPUT', path: ['minVersion'] } };
      await route.fulfill({ json: { data: { account: null }, errors: [error] } }).catch(() => {});
    });
    await page.evaluate(() => dispatchEvent(new Event('online')));
    await refused;
    await untilNames(page, ['kept']);
    expect(await page.getByText('No.', { exact: true }).count()).toBe(0);
  });
});
