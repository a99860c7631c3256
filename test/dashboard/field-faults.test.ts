import type { Locator, Page } from 'playwright-core';
import { describeInBrowser, openDashboard } from '../support/browser.js';
import { newAccount, temporaryDirectory } from '../support/cleanup.js';
import { untilFilled } from '../support/readiness.js';
import { type Server, startServer } from '../support/server.js';

const UNSEEN = '\u200b';

describeInBrowser('the server refuses what a form holds', () => {
  let server: Server;
  beforeAll(async () => {
    server = await startServer(temporaryDirectory());
    await untilFilled(server);
  });

  /** Opens a dialog with that button, fills its fields, and sends it. */
  const send = async (page: Page, button: string, values: Record<string, string>): Promise<Locator> => {
    await page.getByRole('button', { name: button }).first().click();
    const dialog = page.getByRole('dialog');
    for (const [label, value] of Object.entries(values)) await dialog.getByLabel(label).fill(value);
    await dialog.locator('button[type=submit]').click();
    await dialog
      .getByText(/must (not contain|have)/)
      .first()
      .waitFor();
    // It was disabled meanwhile.
    await dialog.locator('button[type=submit]:focus').waitFor();
    return dialog;
  };
  const faults = (dialog: Locator) => dialog.locator('.fault').allTextContents();

  it('says at each field everything that is wrong with it, in words for people', async () => {
    const { page } = await openDashboard(await server.client());
    const dialog = await send(page, 'Create', { Name: UNSEEN, Scopes: `read é "a" ${'z'.repeat(101)}` });
    expect(await faults(dialog)).toEqual([
      'It must not contain invisible characters. It must not be empty.',
      [
        '“é” (number 2) must be a scope as in RFC 6749: printable ASCII without space, " and \\.',
        '“"a"” (number 3) must be a scope as in RFC 6749: printable ASCII without space, " and \\.',
        `“${'z'.repeat(30)}…” (number 4) must have at most 100 characters.`,
      ].join(' '),
    ]);
    expect(await dialog.textContent()).not.toContain('input.');
    await dialog.getByLabel('Scopes').fill('');
    expect((await faults(dialog)).join()).toContain('“é” (number 2)');
  });

  it('returns the focus to the field in which Enter was pressed', async () => {
    const { page } = await openDashboard(await server.client());
    const dialog = await send(page, 'Create', { Name: UNSEEN });
    await dialog.getByLabel('Name').press('Enter');
    await dialog.locator('button[type=submit]:disabled').waitFor({ state: 'detached' });
    await dialog.locator('input[aria-invalid=true]:focus').waitFor();
  });

  it('says it at the name when a key is renamed', async () => {
    const owner = await server.client();
    const { key } = await owner.newKey();
    const { page } = await openDashboard(owner, { path: `/settings/api-key?id=${key.keyId}` });
    const dialog = await send(page, 'Rename', { Name: `a${UNSEEN}b` });
    expect(await faults(dialog)).toEqual(['It must not contain invisible characters.']);
    expect(await dialog.getByLabel('Name').getAttribute('aria-invalid')).toBe('true');
    expect(await dialog.textContent()).not.toContain('input.');
  });

  it('says it at the note of an operator', async () => {
    const owner = await server.client();
    await owner.newKey();
    const operator = await server.client(newAccount(), { role: 'operator' });
    const { page } = await openDashboard(operator, { path: `/accounts?search=${owner.account}` });
    const dialog = await send(page, 'Freeze', { Note: 'ask ada@example.com' });
    expect(await faults(dialog)).toEqual(['It must not contain an e-mail address, since the log keeps this text forever.']);
  });
});
