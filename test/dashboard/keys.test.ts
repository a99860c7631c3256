import type { Page } from 'playwright-core';
import { describeInBrowser, openDashboard } from '../support/browser.js';
import { temporaryDirectory } from '../support/cleanup.js';
import { createKey, keepSecret, linesOf, readSecret, untilFocused, untilNames, untilSaid } from '../support/dashboard.js';
import { itWhenLong } from '../support/long.js';
import { type Server, startServer } from '../support/server.js';
import { statusOf } from '../support/verify.js';

describeInBrowser('Settings → API keys', () => {
  let server: Server;
  beforeAll(async () => {
    server = await startServer(temporaryDirectory());
  });

  it('says that there are no keys, makes one that works, and shows what the ledger holds of it', async () => {
    const owner = await server.client();
    const { page, complaints } = await openDashboard(owner);
    await page.getByRole('heading', { name: 'You have no API keys yet' }).waitFor();
    const { keyId, secret } = await createKey(page, 'ci');
    expect(await statusOf(server, { key: { keyId }, secret })).toBe(200);
    await keepSecret(page);
    const [key] = (await owner.readAccount()).keys;
    expect(key).toMatchObject({ keyId, name: 'ci' });
    const row = page.getByRole('row', { name: /ci/ });
    await row
      .getByText(/^(just now|\d+ minutes? ago)$/)
      .first()
      .waitFor();
    for (const text of [keyId, `…${secret.slice(-4)}`, 'by tester', 'never', 'Active']) {
      expect(await row.textContent()).toContain(text);
    }
    expect(complaints).toEqual([]);
  });

  itWhenLong.each([1, 2])('keeps the focus on the page after %i keys were created', async (count) => {
    const owner = await server.client();
    if (count === 2) await owner.newKey({ name: 'first' });
    const { page } = await openDashboard(owner);
    await createKey(page, 'ci');
    await keepSecret(page);
    await untilFocused(page, count === 1 ? 'Create' : 'API keys');
  });

  itWhenLong('makes a key that expires and holds scopes', async () => {
    const owner = await server.client();
    const { page } = await openDashboard(owner);
    await page.getByRole('button', { name: 'Create', exact: true }).click();
    const dialog = page.getByRole('dialog');
    await dialog.getByLabel('Name').fill('deploy');
    await dialog.getByLabel('Expires').selectOption('In 30 days');
    await dialog.getByLabel('Scopes').fill('read  write read');
    await dialog.getByRole('button', { name: 'Create' }).click();
    await readSecret(page);
    const [key] = (await owner.readAccount()).keys;
    expect(key?.scopes).toEqual(['read', 'write']);
    const days = (Date.parse(key?.expiresAt ?? '') - Date.now()) / 86_400_000;
    expect(Math.round(days)).toBe(30);
  });

  itWhenLong('shows what is wrong at the field that is wrong, makes no key, and takes it mended', async () => {
    const owner = await server.client();
    const { page } = await openDashboard(owner);
    await page.getByRole('button', { name: 'Create', exact: true }).click();
    const dialog = page.getByRole('dialog');
    await dialog.getByLabel('Name').fill('mended');
    await dialog.getByLabel('Scopes').fill('no"quotes');
    await dialog.getByRole('button', { name: 'Create' }).click();
    const scopes = dialog.getByLabel('Scopes');
    await page.waitForFunction(() => document.querySelector('[aria-invalid="true"]'));
    expect(await scopes.getAttribute('aria-invalid')).toBe('true');
    const fault = dialog.locator('.fault');
    expect(await fault.textContent()).toMatch(/scope as in RFC 6749/);
    expect(await scopes.getAttribute('aria-describedby')).toBe(await fault.getAttribute('id'));
    expect((await owner.readAccount()).keys).toEqual([]);
    await scopes.fill('quotes');
    await dialog.getByRole('button', { name: 'Create' }).click();
    await readSecret(page);
    expect((await owner.readAccount()).keys).toMatchObject([{ name: 'mended', scopes: ['quotes'] }]);
  });

  it('disables Create at two keys, says why and what to do, and enables it when one goes', async () => {
    const owner = await server.client();
    const { page } = await openDashboard(owner);
    const create = page.getByRole('button', { name: 'Create', exact: true });
    for (const name of ['first', 'second']) {
      await createKey(page, name);
      await keepSecret(page);
    }
    await untilNames(page, ['first', 'second']);
    expect(await create.isDisabled()).toBe(true);
    expect(await page.locator('#create-description').textContent()).toMatch(/limit of 2 keys.*Delete a key.*rotate/);
    await page.getByRole('button', { name: 'Delete first' }).click();
    const dialog = page.getByRole('alertdialog', { name: /Delete “first”/ });
    expect(await dialog.textContent()).toContain('permanent and irreversible');
    await dialog.getByRole('button', { name: 'Delete permanently' }).click();
    await untilNames(page, ['second']);
    expect(await create.isEnabled()).toBe(true);
    expect(await page.locator('#create-description').textContent()).toBe('');
    await untilSaid(page, '“first” was permanently deleted.');
    expect((await owner.readAccount()).keys).toMatchObject([{ name: 'second' }]);
  });

  it('keeps a key id readable beside the longest name', async () => {
    const owner = await server.client();
    await owner.newKey({ name: 'W'.repeat(100) });
    const { page } = await openDashboard(owner, { width: 1200 });
    const id = page.getByRole('row', { name: /W/ }).locator('.copyable code');
    expect(await linesOf(id)).toBeLessThanOrEqual(2);
  });

  itWhenLong('makes one key when Create is clicked twice', async () => {
    const owner = await server.client();
    const { page } = await openDashboard(owner);
    await page.getByRole('button', { name: 'Create', exact: true }).click();
    const dialog = page.getByRole('dialog');
    await dialog.getByLabel('Name').fill('once');
    // Clicks twice before the page can react. Playwright's own clicks would wait for the button.
    await dialog.locator('form').evaluate((form: HTMLFormElement) => {
      form.requestSubmit();
      form.requestSubmit();
    });
    await readSecret(page);
    await keepSecret(page);
    expect((await owner.readAccount()).keys).toMatchObject([{ name: 'once' }]);
  });

  itWhenLong('refuses a third key that another page has left no place for, and shows what the account holds', async () => {
    const owner = await server.client();
    await owner.newKey({ name: 'first' });
    const { page } = await openDashboard(owner);
    await untilNames(page, ['first']);
    await page.getByRole('button', { name: 'Create', exact: true }).click();
    const dialog = page.getByRole('dialog');
    await dialog.getByLabel('Name').fill('third');
    await owner.newKey({ name: 'second' });
    await dialog.getByRole('button', { name: 'Create' }).click();
    await dialog.getByRole('alert').waitFor();
    expect(await dialog.getByRole('alert').textContent()).toMatch(/holds 2 keys/);
    await untilNames(page, ['first', 'second']);
    await dialog.getByRole('button', { name: 'Cancel' }).click();
    expect(await page.getByRole('button', { name: 'Create', exact: true }).isDisabled()).toBe(true);
  });

  it('shows what somebody else does, without a reload', async () => {
    const owner = await server.client();
    const { page } = await openDashboard(owner);
    await page.getByRole('heading', { name: 'You have no API keys yet' }).waitFor();
    const { key } = await owner.newKey({ name: 'theirs' });
    await untilNames(page, ['theirs']);
    await owner.deleteKey(key.keyId);
    await page.getByRole('heading', { name: 'You have no API keys yet' }).waitFor();
  });

  it('rotates without an overlap at the limit: the old key is refused, the new one works', async () => {
    const owner = await server.client();
    const old = await owner.newKey({ name: 'rotated', scopes: ['read'] });
    await owner.newKey({ name: 'other' });
    const { page } = await openDashboard(owner);
    await page.getByRole('button', { name: 'Rotate rotated' }).click();
    const dialog = page.getByRole('dialog', { name: 'Rotate “rotated”' });
    await dialog.getByText('There is no record of its use.').waitFor();
    const overlaps = dialog.getByLabel('The old key still works').locator('option');
    expect(await overlaps.evaluateAll((all: HTMLOptionElement[]) => all.map(({ disabled }) => disabled))).toEqual([
      false,
      true,
      true,
      true,
      true,
    ]);
    await dialog.getByRole('button', { name: 'Rotate' }).click();
    const { keyId, secret } = await readSecret(page);
    await keepSecret(page);
    expect(await statusOf(server, old)).toBe(401);
    expect(await statusOf(server, { key: { keyId }, secret })).toBe(200);
    expect((await owner.readAccount()).keys[1]).toMatchObject({ keyId, scopes: ['read'] });
    await untilNames(page, ['other', 'rotated']);
  });

  itWhenLong('rotates with an overlap, during which both keys work', async () => {
    const owner = await server.client();
    const old = await owner.newKey({ name: 'rotated' });
    const { page } = await openDashboard(owner);
    await page.getByRole('button', { name: 'Rotate rotated' }).click();
    await page.getByLabel('The old key still works').selectOption('For a day');
    await page.getByRole('dialog').getByRole('button', { name: 'Rotate' }).click();
    const { keyId, secret } = await readSecret(page);
    await keepSecret(page);
    expect(await statusOf(server, old)).toBe(200);
    expect(await statusOf(server, { key: { keyId }, secret })).toBe(200);
    await untilNames(page, ['rotated', 'rotated']);
    expect(await page.getByRole('row', { name: new RegExp(old.key.keyId) }).textContent()).toMatch(
      /tomorrow|in 1 day|in 24 hours/,
    );
  });

  itWhenLong('warns of a key that ends within a week', async () => {
    const owner = await server.client();
    const inDays = (days: number) => new Date(Date.now() + days * 86_400_000).toISOString();
    await owner.newKey({ name: 'ends', expiresAt: inDays(6.9) });
    await owner.newKey({ name: 'stays', expiresAt: inDays(7.1) });
    const { page } = await openDashboard(owner);
    await page.getByRole('row', { name: /ends.*Expires soon/ }).waitFor();
    await page.getByRole('row', { name: /stays.*Active/ }).waitFor();
  });

  itWhenLong('shows that a key has expired as soon as it has', async () => {
    const follow = async (lifetime: number): Promise<Page> => {
      const owner = await server.client();
      const { page } = await openDashboard(owner);
      await page.getByRole('heading', { name: 'You have no API keys yet' }).waitFor();
      await owner.newKey({ name: 'short', expiresAt: new Date(Date.now() + lifetime).toISOString() });
      const status = page.getByText(/^Expire(?:s soon|d)$/);
      // On a busy machine it may have expired before the page shows it.
      return (await status.textContent()) === 'Expires soon' ? page : follow(2 * lifetime);
    };
    const page = await follow(20_000);
    await page.getByText('Expired').waitFor();
    expect(await page.getByRole('button', { name: 'Rotate short' }).count()).toBe(0);
    expect(await page.getByRole('button', { name: 'Delete short' }).count()).toBe(1);
  });
});
