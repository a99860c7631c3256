import { describeInEachBrowserWhenLong, openDashboard } from '../support/browser.js';
import { temporaryDirectory } from '../support/cleanup.js';
import { asks, holdAnswer, untilNames, untilSaid, untilUsed } from '../support/dashboard.js';
import { type Server, startServer } from '../support/server.js';
import { statusOf } from '../support/verify.js';

const HOUR = 60 * 60 * 1000;

describeInEachBrowserWhenLong('the deletion of a key', () => {
  let server: Server;
  beforeAll(async () => {
    server = await startServer(temporaryDirectory());
  });

  it('takes a key that was deleted by somebody else meanwhile for deleted', async () => {
    const owner = await server.client();
    const { key } = await owner.newKey({ name: 'gone' });
    const { page } = await openDashboard(owner);
    await page.getByRole('button', { name: 'Delete gone' }).click();
    await owner.deleteKey(key.keyId);
    await page.getByRole('button', { name: 'Delete permanently' }).click();
    await page.getByRole('heading', { name: 'You have no API keys yet' }).waitFor();
    await untilSaid(page, '“gone” was already deleted.');
  });

  it('is read from what the answer says was done, and not from an error beside it', async () => {
    const owner = await server.client();
    await owner.newKey({ name: 'doomed' });
    const { page } = await openDashboard(owner);
    await page.route('**/graphql', async (route) => {
      if (!asks(route.request(), 'DeleteKey')) return route.fallback();
      const response = await route.fetch();
      const errors = [{ message: 'Something else failed.', extensions: { code: 'INTERNAL_SERVER_ERROR' } }];
      await route.fulfill({ response, json: { ...(await response.json()), errors } });
    });
    await page.getByRole('button', { name: /^Delete doomed/ }).click();
    await page.getByRole('button', { name: 'Delete permanently' }).click();
    await page.getByText('“doomed” was permanently deleted.').waitFor();
  });

  it('wants the name typed of a key that was used in the last day, as the page shows it', async () => {
    const owner = await server.client();
    await statusOf(server, await owner.newKey({ name: 'in  use' }));
    await untilUsed(owner);
    const { page } = await openDashboard(owner);
    await page.getByRole('button', { name: 'Delete in use' }).click();
    const dialog = page.getByRole('alertdialog');
    await dialog.getByText(/last used (just now|\d+ minute)/).waitFor();
    const confirm = dialog.getByRole('button', { name: 'Delete permanently' });
    for (const typed of ['', 'in us', 'In use', 'inuse']) {
      await dialog.getByRole('textbox').fill(typed);
      expect(await confirm.isDisabled()).toBe(true);
    }
    await dialog.getByRole('textbox').fill('in use');
    await confirm.click();
    await page.getByRole('heading', { name: 'You have no API keys yet' }).waitFor();
  });

  it.each([
    ['wants the name typed of a key that was used 23 hours ago', 23, 1],
    ['does not want it of one that was used 25 hours ago', 25, 0],
  ])('%s', async (_what, hours, fields) => {
    const owner = await server.client();
    await owner.newKey({ name: 'used' });
    const { page } = await openDashboard(owner, { path: '/history' });
    const lastUsedAt = new Date(Date.now() - hours * HOUR).toISOString();
    await page.route('**/graphql', async (route) => {
      if (!asks(route.request(), 'KeysPage')) return route.fallback();
      const response = await route.fetch();
      const body = (await response.text()).replace('"lastUsedAt":null', `"lastUsedAt":"${lastUsedAt}"`);
      await route.fulfill({ response, body });
    });
    await page.getByRole('link', { name: 'API keys' }).click();
    await page.getByRole('button', { name: 'Delete used' }).click();
    const dialog = page.getByRole('alertdialog');
    await dialog.getByText(/last used (yesterday|2[35] hours ago|1 day ago)/).waitFor();
    expect(await dialog.getByRole('textbox').count()).toBe(fields);
    expect(await dialog.getByRole('button', { name: 'Delete permanently' }).isEnabled()).toBe(fields === 0);
  });

  it('says which of two keys with one name it is about', async () => {
    const owner = await server.client();
    const old = await owner.newKey({ name: 'rotated' });
    await owner.rotateKey({ keyId: old.key.keyId, overlapSeconds: 3600 });
    const { page } = await openDashboard(owner);
    await untilNames(page, ['rotated', 'rotated']);
    const buttons = page.locator('tbody').getByRole('button');
    const called = await buttons.evaluateAll((all) => all.map((button) => button.getAttribute('aria-label')));
    expect(new Set(called).size).toBe(6);
    await page.getByRole('row', { name: old.key.keyId }).getByRole('button', { name: 'Delete' }).click();
    expect(await page.getByRole('alertdialog').locator('code').textContent()).toBe(old.key.keyId);
    await page.getByRole('button', { name: 'Delete permanently' }).click();
    await untilNames(page, ['rotated']);
    expect((await owner.readAccount()).keys).not.toMatchObject([{ keyId: old.key.keyId }]);
  });

  it('asks once, however often the button is pressed, and cannot be left meanwhile', async () => {
    const owner = await server.client();
    await owner.newKey({ name: 'once' });
    const { page } = await openDashboard(owner);
    await page.getByRole('button', { name: 'Delete once' }).click();
    const { given, release } = await holdAnswer(page, 'DeleteKey');
    const dialog = page.getByRole('alertdialog');
    await dialog.locator('form').evaluate((form: HTMLFormElement) => {
      form.requestSubmit();
      form.requestSubmit();
    });
    await given;
    await page.keyboard.press('Escape');
    expect(await dialog.getByRole('button', { name: 'Deleting…' }).isDisabled()).toBe(true);
    release();
    await dialog.waitFor({ state: 'detached' });
    await untilSaid(page, '“once” was permanently deleted.');
  });
});
