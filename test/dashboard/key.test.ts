import { HISTORY } from '../../src/projections/engine/names.js';
import { expectUsable } from '../support/accessibility.js';
import { describeInEachBrowser, openDashboard } from '../support/browser.js';
import { newAccount, temporaryDirectory } from '../support/cleanup.js';
import type { Client } from '../support/client.js';
import { asks, followed, keepSecret, keepToasts, picture, readSecret, untilFocused, untilUsed } from '../support/dashboard.js';
import { stopProjection } from '../support/late-projections.js';
import { itWhenLong } from '../support/long.js';
import { type Server, startServer } from '../support/server.js';
import { statusOf } from '../support/verify.js';

describeInEachBrowser('a key’s own page', () => {
  const directory = temporaryDirectory();
  let server: Server;
  beforeAll(async () => {
    server = await startServer(directory);
  });

  async function openKey(owner: Client, options: Parameters<Client['newKey']>[0] = { name: 'ci' }) {
    const held = await owner.newKey(options);
    const { page, complaints } = await openDashboard(owner);
    await page.getByRole('link', { name: options?.name ?? '' }).click();
    await page.getByRole('heading', { level: 1, name: options?.name ?? '' }).waitFor();
    return { held, page, complaints };
  }

  it('tells what the key is, how often it was used, and all that happened to it, and can be used by everybody', async () => {
    const owner = await server.client(newAccount(), { subject: 'ada' });
    await owner.newKey({ name: 'another' });
    const { held, page, complaints } = await openKey(owner, { name: 'ci', scopes: ['read', 'write'] });
    const facts = page.locator('dl.facts');
    expect(await facts.textContent()).toMatch(
      new RegExp(`${held.key.keyId}[^]*…${held.secret.slice(-4)}[^]*by ada[^]*never[^]*never[^]*read write`),
    );
    await statusOf(server, held);
    await statusOf(server, held);
    const uses = page.getByRole('region', { name: 'Uses by day', exact: true });
    const days = uses.locator('.sheet tbody tr');
    /** The uses of the last two days: midnight may have passed. */
    const counted = async () => {
      await days.last().waitFor({ state: 'attached' });
      const counts = await days.locator('td:last-child').allTextContents();
      return Number(counts.at(-2)) + Number(counts.at(-1));
    };
    while ((await counted()) !== 2) await page.reload();
    expect(await days.count()).toBe(30);
    await page.locator('td.what').first().waitFor();
    expect(await page.locator('td.what').allTextContents()).toEqual([expect.stringContaining('ci was created as')]);
    await page.getByText('Details').click();
    await page.locator('canvas').waitFor();
    await expectUsable(page, 'a key');
    expect(complaints).toEqual([]);
  });

  itWhenLong('plots uses in whole numbers, and counts the axis in those alone', async () => {
    const owner = await server.client();
    const held = await owner.newKey({ name: 'once' });
    const { page } = await openDashboard(owner, { path: '/sign-in', isNew: true });
    await page.addInitScript(() => {
      const drawn: string[] = [];
      Object.assign(globalThis, { drawn });
      const draw = CanvasRenderingContext2D.prototype.fillText;
      CanvasRenderingContext2D.prototype.fillText = function (text, ...place) {
        drawn.push(text);
        draw.call(this, text, ...place);
      };
    });
    await page.goto(`${server.url}/settings/api-key?id=${held.key.keyId}`);
    await page.locator('canvas').waitFor();
    await picture(page, 'uses of a key that was never used');
    const drawn = await page.waitForFunction(() => {
      const numbers = (Reflect.get(globalThis, 'drawn') as string[]).filter((text) => /^\d{1,3}(\.\d+)?$/.test(text));
      return numbers.length > 1 ? numbers : null;
    });
    const numbers = (await drawn.jsonValue()) ?? [];
    expect(new Set(numbers)).toEqual(new Set(['0', '1']));
  });

  itWhenLong('says in passing what others did', async () => {
    const owner = await server.client(newAccount(), { subject: 'ada' });
    const { page } = await openKey(await server.client(owner.account, { subject: 'bob' }));
    await followed(page);
    await keepToasts(page);
    await page.getByRole('heading', { level: 1, name: 'ci' }).waitFor();
    const { key } = await owner.newKey({ name: 'theirs' });
    const toasts = page.getByRole('status', { name: 'What happened elsewhere' });
    await toasts.getByText('“theirs” was created by ada.').waitFor();
    await owner.deleteKey(key.keyId);
    await toasts.getByText('“theirs” was deleted.').waitFor();
  });

  it('names the days of its uses without a time', async () => {
    const { page } = await openKey(await server.client());
    const uses = page.getByRole('region', { name: 'Uses by day', exact: true });
    await uses.locator('.u-legend .u-value', { hasText: /^[A-Z][a-z]{2} \d{1,2}, \d{4}$/ }).waitFor();
  });

  it('renames, disables, enables and deletes', async () => {
    const owner = await server.client();
    const { held, page } = await openKey(owner);
    const press = (name: string) => page.getByRole('button', { name, exact: true }).click();
    await press('Rename');
    await page.getByRole('textbox', { name: 'Name' }).fill('deploy');
    await page.getByRole('dialog').getByRole('button', { name: 'Rename' }).click();
    await page.getByRole('heading', { level: 1, name: 'deploy' }).waitFor();
    await press('Disable');
    await page.getByText('Programs that use this key are refused').waitFor();
    expect(await statusOf(server, held)).toBe(401);
    await untilFocused(page, 'Enable');
    await press('Enable');
    await page.getByText('Programs that use this key are refused').waitFor({ state: 'detached' });
    expect(await statusOf(server, held)).toBe(200);
    await untilUsed(owner);
    await page.reload();
    await press('Delete');
    await page.getByRole('alertdialog').getByRole('textbox').fill('deploy');
    await press('Delete permanently');
    await page.getByRole('status').getByText('“deploy” was permanently deleted.').waitFor();
    await page.getByText('Your account has no key with this id.').waitFor();
    await untilFocused(page, 'API key');
    expect(await statusOf(server, held)).toBe(401);
    const told = ['was deleted', 'was enabled again', 'was disabled', 'was renamed to', 'was created as'];
    await page.waitForFunction((count) => document.querySelectorAll('td.what').length === count, told.length);
    const sentences = await page.locator('td.what').allTextContents();
    expect(sentences).toEqual(told.map((what) => expect.stringContaining(what)));
  });

  itWhenLong('shows a change as soon as the history holds it, although the page has asked before', async () => {
    const owner = await server.client();
    const { page } = await openKey(owner);
    // Until its events are proved, the page asks again and again.
    await page.getByText('Verified by this browser.').waitFor();
    const goOn = stopProjection(directory, HISTORY);
    const changed = page.waitForResponse((response) => asks(response.request(), 'DisableKey'));
    await page.getByRole('button', { name: 'Disable', exact: true }).click();
    await changed;
    await page.waitForResponse((response) => asks(response.request(), 'HistoryPage'));
    goOn();
    await page.locator('td.what', { hasText: 'was disabled' }).waitFor();
  });

  itWhenLong('shows the secret of the key that replaces it, and is that one’s page afterwards', async () => {
    const owner = await server.client();
    const { held, page } = await openKey(owner);
    await page.getByRole('button', { name: 'Rotate' }).click();
    await page.getByRole('dialog').getByRole('button', { name: 'Rotate' }).click();
    const { keyId, secret } = await readSecret(page);
    expect(keyId).not.toBe(held.key.keyId);
    // The old key has gone, also from the page behind the dialog.
    await page.getByText('Your account has no key with this id.').waitFor({ state: 'attached' });
    expect((await readSecret(page)).secret).toBe(secret);
    await keepSecret(page);
    await page.locator('dl.facts').getByText(keyId).waitFor();
    expect(await page.evaluate(() => new URLSearchParams(location.search).get('id'))).toBe(keyId);
    await untilFocused(page, 'ci');
  });

  itWhenLong('keeps the focus on the page when another deletes the key, and leaves it where it is at first', async () => {
    const owner = await server.client();
    const { held, page } = await openKey(owner);
    expect(await page.evaluate(() => document.activeElement?.tagName)).toBe('BODY');
    await page.getByRole('button', { name: 'Disable' }).focus();
    await owner.deleteKey(held.key.keyId);
    await untilFocused(page, 'API key');
  });

  itWhenLong('shows what others do, and is one of a key that the account does not hold for nobody', async () => {
    const owner = await server.client();
    const { held, page } = await openKey(owner);
    await owner.deleteKey(held.key.keyId);
    await page.getByText('Your account has no key with this id.').waitFor();
    await page.getByRole('link', { name: 'All keys' }).click();
    await page.getByRole('heading', { name: 'You have no API keys yet' }).waitFor();
    const other = await server.client();
    const { key } = await other.newKey({ name: 'theirs' });
    await page.goto(`${server.url}/settings/api-key?id=${key.keyId}`);
    await page.getByText('Your account has no key with this id.').waitFor();
    await page.getByText('Your account has no event of a key with this id.').waitFor();
    expect(await page.content()).not.toContain('theirs');
  });
});
