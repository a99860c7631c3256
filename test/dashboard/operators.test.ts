import type { Page } from 'playwright-core';
import { expectUsable } from '../support/accessibility.js';
import { describeInBrowserWhenLong, openDashboard } from '../support/browser.js';
import { newAccount, temporaryDirectory } from '../support/cleanup.js';
import type { Client } from '../support/client.js';
import { asks, linesOf, newShortKey, untilFocused } from '../support/dashboard.js';
import { untilFilled } from '../support/readiness.js';
import { type Server, startServer } from '../support/server.js';

const ACCOUNTS = '/accounts';

describeInBrowserWhenLong('the operators’ page', () => {
  let server: Server;
  let operator: Client;
  beforeAll(async () => {
    server = await startServer(temporaryDirectory());
    await untilFilled(server);
    operator = await server.client(newAccount(), { role: 'operator', subject: 'olga' });
  });

  const owning = async (...names: string[]): Promise<Client> => {
    const owner = await server.client();
    for (const name of names) await owner.newKey({ name });
    return owner;
  };
  const open = ({ account }: Client) => openDashboard(operator, { path: `${ACCOUNTS}?search=${account}` });
  const names = (page: Page) => page.locator('.held strong').allTextContents();
  const untilNames = (page: Page, expected: string[]) =>
    page.waitForFunction((expected) => {
      const shown = [...document.querySelectorAll('.held strong')].map((element) => element.textContent);
      return document.querySelector('tbody') !== null && JSON.stringify(shown) === expected;
    }, JSON.stringify(expected));
  /** The deleted keys of an account. The history may be behind the keys. */
  const deleted = async (owner: Client, count: number): Promise<object[]> => {
    const { data } = await owner.send<{ account: { deletedKeys: { edges: { node: object }[] } } }>(
      '{ account { deletedKeys { edges { node { name reason note deletedBy } } } } }',
    );
    const found = data?.account.deletedKeys.edges.map(({ node }) => node) ?? [];
    return found.length < count ? deleted(owner, count) : found;
  };

  it('searches accounts and keys, and keeps the search in the address', async () => {
    const owner = await owning('robot of the shop');
    const { page, complaints } = await openDashboard(operator, { path: ACCOUNTS });
    await page.getByLabel('Account, key id or name').fill('ROBOT of the');
    await page.getByLabel('Limit').selectOption('below the limit');
    await page.getByRole('button', { name: 'Apply' }).click();
    await untilNames(page, ['robot of the shop']);
    expect(await page.locator('tbody th').textContent()).toBe(owner.account);
    await page.reload();
    await untilNames(page, ['robot of the shop']);
    await page.getByLabel('Limit').selectOption('at the limit');
    await page.getByRole('button', { name: 'Apply' }).click();
    await page.getByText('No account matches.').waitFor();
    await page.goBack();
    await untilNames(page, ['robot of the shop']);
    expect(complaints).toEqual([]);
  });

  it('shows each button beside what it changes, and a short account id on one line', async () => {
    const owner = await server.client();
    await owner.newKey({ name: 'with an end', expiresAt: new Date(Date.now() + 3_600_000).toISOString() });
    const { page } = await openDashboard(operator, { path: `${ACCOUNTS}?search=${owner.account}`, width: 1200 });
    const key = page.locator('.held li');
    await key.waitFor();
    const top = (selector: string) => key.locator(selector).evaluate((element) => element.getBoundingClientRect().top);
    const [text, button] = [await top(':scope > span'), await top('button')];
    expect(button).toBeLessThanOrEqual(text);
    await page
      .locator('tbody th span')
      .first()
      .evaluate((element) => {
        element.textContent = 'account-1234';
      });
    expect(await linesOf(page.locator('tbody th span').first())).toBe(1);
  });

  /** Waits until the page says what it has done, and that element has the focus. */
  const untilTold = async (page: Page, text: string, focused: string): Promise<void> => {
    await page.getByRole('status').getByText(text, { exact: true }).waitFor();
    await untilFocused(page, focused);
  };

  it('says of a key that has expired that it has', async () => {
    const owner = await server.client();
    await newShortKey(owner);
    const { page } = await open(owner);
    const key = page.locator('.held li');
    await key.waitFor();
    while ((await key.locator('.status').textContent()) !== 'Expired') {
      await page.reload();
      await key.waitFor();
    }
    expect(await key.textContent()).toMatch(/, expired \w/);
  });

  it('leaves the keys of a frozen account their room, and fits a narrow screen', async () => {
    const owner = await server.client('icy');
    await owner.newKey({ name: 'one' });
    await operator.send(
      `mutation { freezeAccount(input: { accountId: "${owner.account}" }) { ... on FreezeAccountPayload { account { frozenAt } } } }`,
    );
    const { page } = await openDashboard(operator, { path: `${ACCOUNTS}?search=${owner.account}`, width: 320 });
    await page.getByText('Frozen since').waitFor();
    expect(await page.evaluate(() => document.documentElement.scrollWidth)).toBe(320);
    await page.setViewportSize({ width: 1200, height: 800 });
    const widthOf = (cell: string) => page.locator(cell).evaluate((element) => element.getBoundingClientRect().width);
    expect(await widthOf('tbody [data-label="Keys"]')).toBeGreaterThan(1.5 * (await widthOf('tbody [data-label="Account"]')));
  });

  it('freezes an account with a note, and thaws it', async () => {
    const owner = await owning('one');
    const { page } = await open(owner);
    await page.getByRole('button', { name: `Freeze ${owner.account}` }).click();
    await page.getByLabel('Note').fill('Incident 42');
    await page.getByRole('button', { name: 'Freeze', exact: true }).click();
    await page.getByText(/^Frozen since/).waitFor();
    await untilTold(page, `${owner.account} was frozen.`, `Thaw ${owner.account}`);
    const frozen = '{ account { frozenAt } }';
    expect((await owner.send<{ account: { frozenAt: string | null } }>(frozen)).data?.account.frozenAt).not.toBeNull();
    await page.getByRole('button', { name: `Thaw ${owner.account}` }).click();
    await page.getByRole('button', { name: 'Thaw', exact: true }).click();
    await page.getByText(/^Frozen since/).waitFor({ state: 'detached' });
    await untilTold(page, `${owner.account} was thawed.`, `Freeze ${owner.account}`);
    expect((await owner.send<{ account: { frozenAt: string | null } }>(frozen)).data?.account.frozenAt).toBeNull();
  });

  it('revokes a key once its name is typed, with a note that its owner reads', async () => {
    const owner = await owning('doomed', 'kept');
    const { page } = await open(owner);
    await page.getByRole('button', { name: /^Revoke doomed/ }).click();
    const dialog = page.getByRole('alertdialog', { name: 'Revoke “doomed”?' });
    const confirm = dialog.getByRole('button', { name: 'Revoke permanently' });
    await dialog.getByText('There is no record of its use.').waitFor();
    await dialog.getByLabel('Type “doomed” to confirm').fill('kept');
    expect(await confirm.isDisabled()).toBe(true);
    await dialog.getByLabel('Type “doomed” to confirm').fill('doomed');
    await dialog.getByLabel('Note').fill('Ask somebody@example.org');
    await confirm.click();
    await dialog.locator('.fault').waitFor();
    expect(await deleted(owner, 0)).toEqual([]);
    await dialog.getByLabel('Note').fill('Incident 42');
    await confirm.click();
    await untilNames(page, ['kept']);
    await untilTold(page, `“doomed” of ${owner.account} was revoked.`, 'Accounts');
    expect(await deleted(owner, 1)).toEqual([{ name: 'doomed', reason: 'REVOKED', note: 'Incident 42', deletedBy: 'olga' }]);
  });

  it('revokes all keys of an account once its id is typed', async () => {
    const owner = await owning('one', 'two');
    const { page } = await open(owner);
    await page.getByRole('button', { name: 'Revoke all keys' }).click();
    const dialog = page.getByRole('alertdialog');
    await dialog.getByText('This deletes 2 keys of the account.').waitFor();
    await dialog.getByLabel(/to confirm$/).fill(owner.account);
    await dialog.getByRole('button', { name: 'Revoke permanently' }).click();
    await untilNames(page, []);
    await untilTold(page, `All keys of ${owner.account} were revoked.`, 'Accounts');
    expect(await deleted(owner, 2)).toHaveLength(2);
  });

  it('says that it is not known whether a key was revoked if the answer was lost, and tries again', async () => {
    const owner = await owning('doomed');
    const { page } = await open(owner);
    await page.getByRole('button', { name: /^Revoke doomed/ }).click();
    let lost = 0;
    await page.route('**/graphql', async (route) => {
      if (lost > 0 || !asks(route.request(), 'RevokeKey')) return route.fallback();
      lost += 1;
      await route.fetch();
      await route.abort();
    });
    await page.getByLabel(/to confirm$/).fill('doomed');
    await page.getByRole('button', { name: 'Revoke permanently' }).click();
    await page.getByText('The change may have been made.').waitFor();
    await page.getByRole('button', { name: 'Revoke permanently' }).click();
    await page.getByRole('alertdialog').waitFor({ state: 'detached' });
    await untilNames(page, []);
  });

  it('is shown to operators alone', async () => {
    const { page } = await openDashboard(await owning('one'), { path: ACCOUNTS });
    await page.getByText('You do not have access to this page.').waitFor();
    expect(await page.getByRole('link', { name: 'Accounts' }).count()).toBe(0);
  });

  it('can be used by everybody', async () => {
    const owner = await owning('production', 'staging');
    const { page } = await open(owner);
    await untilNames(page, ['production', 'staging']);
    await expectUsable(page, 'operators');
    await page.getByRole('button', { name: 'Revoke all keys' }).click();
    await page.getByRole('alertdialog').waitFor();
    await expectUsable(page, 'operators dialog');
  });

  // The last one: it ends the keys of every test before it.
  it('revokes every key from before a time, after a preview that changes nothing', async () => {
    const owner = await owning('old one', 'old two');
    const { page } = await open(owner);
    await untilNames(page, ['old one', 'old two']);
    const section = page.getByRole('region', { name: 'Revoke old keys' });
    const preview = async (time: number) => {
      const local = new Date(time - new Date(time).getTimezoneOffset() * 60_000).toISOString().slice(0, 23);
      await section.getByLabel('Created before').fill(local);
      await section.getByRole('button', { name: 'Preview' }).click();
    };
    await preview(Date.parse('2020-01-01T00:00:00Z'));
    await section.getByText('No active key was created before').waitFor();
    const created = await owner.send<{ account: { keys: { createdAt: string }[] } }>('{ account { keys { createdAt } } }');
    const [, second = ''] = created.data?.account.keys.map(({ createdAt }) => createdAt) ?? [];
    await preview(Date.parse(second));
    await section.getByText(`${owner.account}: old one`).waitFor();
    expect(await section.getByText(`${owner.account}: old two`).count()).toBe(0);
    const [, keys = ''] = /^([\d,]+ keys?) of/.exec((await section.getByText('would be deleted').textContent()) ?? '') ?? [];
    await expectUsable(page, 'operators preview');
    await section.getByRole('button', { name: `Revoke ${keys}…` }).click();
    const dialog = page.getByRole('alertdialog', { name: `Revoke ${keys}?` });
    await dialog.getByLabel(`Type “revoke ${keys}” to confirm`).fill(`revoke ${keys}`);
    const revoked: string[] = [];
    page.on('request', (request) => {
      if (asks(request, 'RevokeKey')) revoked.push(request.postDataJSON().variables.input.keyId);
    });
    // A note that is refused is shown in the dialog, and nothing is revoked.
    await dialog.getByLabel('Note').fill('Ask somebody@example.org');
    await dialog.getByRole('button', { name: 'Revoke permanently' }).click();
    await dialog.locator('.fault').waitFor();
    expect(revoked.splice(0)).toHaveLength(1);
    await dialog.getByLabel('Note').fill('Incident 42');
    expect(await names(page)).toEqual(['old one', 'old two']);
    expect(await deleted(owner, 0)).toEqual([]);
    await dialog.getByRole('button', { name: 'Revoke permanently' }).click();
    await section.getByText(`Deleted ${keys} created before`).waitFor();
    expect(revoked).toHaveLength(Number.parseInt(keys.replaceAll(',', ''), 10));
    expect(new Set(revoked).size).toBe(revoked.length);
    await untilFocused(page, 'Revoke old keys');
    await untilNames(page, ['old two']);
    expect(await deleted(owner, 1)).toMatchObject([{ name: 'old one', reason: 'REVOKED' }]);
  });
});
