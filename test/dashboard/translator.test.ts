import type { Page } from 'playwright-core';
import { describeInEachBrowser, openDashboard } from '../support/browser.js';
import { temporaryDirectory } from '../support/cleanup.js';
import { copyBy, createKey, keepSecret, readSecret, untilNames } from '../support/dashboard.js';
import { itWhenLong } from '../support/long.js';
import { type Server, startServer } from '../support/server.js';
import { translate } from '../support/translator.js';
import { statusOf } from '../support/verify.js';

describeInEachBrowser('a page that the browser translates', () => {
  let server: Server;
  beforeAll(async () => {
    server = await startServer(temporaryDirectory());
  });

  const uncaughtIn = (complaints: string[]) => complaints.filter((complaint) => /NotFoundError|uncaught/.test(complaint));

  it('creates, copies, uses, rotates and deletes a key as any other, and nothing breaks', async () => {
    const owner = await server.client();
    const { page, complaints } = await openDashboard(owner);
    await translate(page);
    const made = await createKey(page, 'translated');
    const dialog = page.getByRole('dialog');
    for (let times = 0; times < 2; times += 1) {
      await copyBy(dialog.getByRole('button', { name: 'Copy secret' }));
      await dialog.getByText('Copied').first().waitFor({ state: 'detached' });
    }
    expect((await readSecret(page)).secret).toBe(made.secret);
    await keepSecret(page);
    await untilNames(page, ['translated']);
    expect(await statusOf(server, { key: { keyId: made.keyId }, secret: made.secret })).toBe(200);
    await page
      .getByRole('cell', { name: /just now|\d+ minutes? ago/ })
      .first()
      .waitFor();
    await page.getByRole('button', { name: /^Rotate translated/ }).click();
    await page.getByRole('dialog').getByRole('button', { name: 'Rotate' }).click();
    await readSecret(page);
    await keepSecret(page);
    await page
      .getByRole('button', { name: /^Delete translated/ })
      .first()
      .click();
    await page.getByRole('alertdialog').getByRole('button', { name: 'Keep it' }).click();
    await page.goto(`${server.url}/history`);
    await translate(page);
    await owner.newKey({ name: 'elsewhere' }).catch(() => {});
    await page.getByText('Verified by this browser.').waitFor();
    expect(uncaughtIn(complaints)).toEqual([]);
  });

  /** Makes the page fail whenever it draws the table of keys. */
  const breakTable = (page: Page) =>
    page.route('**/graphql', async (route) => {
      const response = await route.fetch();
      const text = await response.text();
      await route.fulfill({ response, body: text.replaceAll(/"scopes":\[\]/g, '"scopes":null') });
    });

  itWhenLong('keeps the dialog with a secret when the table behind it fails', async () => {
    const { page } = await openDashboard(await server.client());
    await breakTable(page);
    const { secret } = await createKey(page, 'behind');
    await page.getByText('This part of the page could not be loaded.').waitFor();
    expect((await readSecret(page)).secret).toBe(secret);
    await keepSecret(page);
    expect(await page.getByRole('heading', { name: 'API keys', exact: true }).count()).toBe(1);
  });
});
