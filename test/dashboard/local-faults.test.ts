import type { Page } from 'playwright-core';
import { describeInEachBrowserWhenLong, openDashboard } from '../support/browser.js';
import { newAccount, temporaryDirectory } from '../support/cleanup.js';
import { asks, picture, readSecret, untilNames } from '../support/dashboard.js';
import { untilFilled } from '../support/readiness.js';
import { type Server, startServer } from '../support/server.js';

describeInEachBrowserWhenLong('what goes wrong before a request is sent', () => {
  let server: Server;
  beforeAll(async () => {
    server = await startServer(temporaryDirectory());
    await untilFilled(server);
  });

  /** Opens the dialog, and chooses a time at which the key expires. */
  const chooseExpiry = async (page: Page, name: string, time: string) => {
    await page.getByRole('button', { name: 'Create', exact: true }).click();
    const dialog = page.getByRole('dialog', { name: 'Create an API key' });
    await dialog.getByLabel('Name').fill(name);
    await dialog.getByLabel('Expires').selectOption('custom');
    const field = dialog.getByLabel('Date and time, in your time zone');
    await field.fill(time);
    return { dialog, field };
  };
  const isValid = (element: Element) => element instanceof HTMLInputElement && element.validity.valid;

  it('a year of five digits is refused at its field, and nothing is asked', async () => {
    const { page } = await openDashboard(await server.client());
    const { dialog, field } = await chooseExpiry(page, 'far', '20277-01-01T00:00');
    let asked = 0;
    page.on('request', (request) => {
      if (asks(request, 'CreateKey')) asked += 1;
    });
    await dialog.getByRole('button', { name: 'Create' }).click();
    expect(await field.evaluate(isValid)).toBe(false);
    expect(await dialog.getByText('The response was lost.').count()).toBe(0);
    await field.fill('2099-01-01T00:00');
    await dialog.getByRole('button', { name: 'Create' }).click();
    await readSecret(page);
    expect(asked).toBe(1);
  });

  it('a fault of the page itself is not taken for a lost answer, and the form can be corrected', async () => {
    const { page } = await openDashboard(await server.client());
    const { dialog, field } = await chooseExpiry(page, 'far', '2099-01-01T00:00');
    await field.evaluate((element) => element.removeAttribute('max'));
    await field.fill('20277-01-01T00:00');
    await dialog.getByRole('button', { name: 'Create' }).click();
    await dialog.getByRole('alert').waitFor();
    expect(await dialog.textContent()).not.toContain('lost');
    await field.fill('2099-01-01T00:00');
    await dialog.getByRole('button', { name: 'Create' }).click();
    await readSecret(page);
  });

  it('a name is counted as the API counts it: 100 emoji are no more than 100 letters', async () => {
    const { page } = await openDashboard(await server.client());
    await page.getByRole('button', { name: 'Create', exact: true }).click();
    const dialog = page.getByRole('dialog', { name: 'Create an API key' });
    const field = dialog.getByLabel('Name');
    await field.fill('😀'.repeat(101));
    expect(await field.evaluate(isValid)).toBe(false);
    await field.fill('😀'.repeat(100));
    expect(await field.inputValue()).toBe('😀'.repeat(100));
    await dialog.getByRole('button', { name: 'Create' }).click();
    await readSecret(page);
    await dialog.waitFor({ state: 'detached' });
    await page.reload();
    await untilNames(page, ['😀'.repeat(100)]);
  });

  it('plots of a browser whose time zone nobody knows are in UTC, and the page says so', async () => {
    const analyst = await server.client(newAccount(), { role: 'analyst' });
    const { page } = await openDashboard(analyst, { path: '/settings/api-keys', isNew: true });
    await page.addInitScript(() => {
      const real = Intl.DateTimeFormat.prototype.resolvedOptions;
      Intl.DateTimeFormat.prototype.resolvedOptions = function () {
        return { ...real.call(this), timeZone: 'Etc/Unknown' };
      };
    });
    await page.goto(`${server.url}/analytics`);
    await page.getByText('Your browser reports an unknown time zone').waitFor();
    expect(await page.getByLabel('Time zone', { exact: true }).inputValue()).toBe('UTC');
    const card = page.getByRole('region', { name: 'Active keys', exact: true });
    await card.getByText(/^As of /).waitFor();
    await card.locator('canvas').waitFor();
    await page.getByLabel('Time', { exact: true }).selectOption('');
    await page.getByLabel('From', { exact: true }).fill('20277-01-01T00:00');
    await page.getByLabel('To', { exact: true }).fill('2027-01-01T00:00');
    await page.getByRole('button', { name: 'Apply' }).click();
    expect(await page.getByLabel('From', { exact: true }).evaluate(isValid)).toBe(false);
    expect(await page.getByRole('heading', { name: 'Analytics' }).count()).toBe(1);
    await picture(page, 'unknown time zone');
  });

  it('an address without a page says so, and leads to the start', async () => {
    const { page } = await openDashboard(await server.client());
    expect((await page.goto(`${server.url}/nothing`))?.status()).toBe(404);
    await page.getByRole('heading', { name: 'Page not found' }).waitFor();
    await picture(page, 'no such page');
    await page.getByRole('link', { name: 'Go to the start page' }).click();
    await page.waitForURL('**/settings/api-keys');
    await page.goto(`${server.url}/history/?x=1`);
    await page.waitForURL('**/history?x=1');
  });
});
