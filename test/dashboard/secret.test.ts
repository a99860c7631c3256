import { readFileSync } from 'node:fs';
import type { Page } from 'playwright-core';
import { type Dashboard, describeInEachBrowser, openDashboard } from '../support/browser.js';
import { temporaryDirectory } from '../support/cleanup.js';
import { copyBy, createKey, keepSecret, readSecret, whileReported } from '../support/dashboard.js';
import { expectInHeap, storedIn } from '../support/heap.js';
import { itWhenLong } from '../support/long.js';
import { type Server, startServer } from '../support/server.js';
import { statusOf } from '../support/verify.js';

describeInEachBrowser('the dialog that shows a secret', () => {
  let server: Server;
  beforeAll(async () => {
    server = await startServer(temporaryDirectory());
  });

  const open = async (options = {}): Promise<Dashboard> => openDashboard(await server.client(), { isNew: true, ...options });
  const copied = (page: Page) => page.evaluate(() => navigator.clipboard.readText());

  itWhenLong('says that it will not be shown again, and asks once before it goes uncopied', async () => {
    const { page } = await open();
    await createKey(page, 'asked');
    const dialog = page.getByRole('dialog');
    expect(await dialog.textContent()).toContain('This secret will not be shown again.');
    await dialog.getByRole('button', { name: 'I have saved it' }).click();
    expect(await dialog.getByRole('alert').textContent()).toContain('Have you saved the secret?');
    await dialog.getByRole('button', { name: 'Yes, close' }).click();
    await dialog.waitFor({ state: 'detached' });
  });

  it.each([
    ['the secret', 'Copy secret', (_: string, secret: string) => secret],
    [
      'a curl that works',
      'Copy command',
      (keyId: string, secret: string) => `curl -i -u '${keyId}:${secret}' ${'URL'}/v1/verify`,
    ],
  ])('copies %s, and then closes without asking', async (_what, button, expected) => {
    const { page } = await open();
    const { keyId, secret } = await createKey(page, 'kept');
    await copyBy(page.getByRole('button', { name: button }));
    expect(await copied(page)).toBe(expected(keyId, secret).replace('URL', server.url));
    await page.getByRole('button', { name: 'Done' }).click();
    await page.getByRole('dialog').waitFor({ state: 'detached' });
  });

  itWhenLong('lets the key id be copied too, which does not count as keeping the secret', async () => {
    const { page } = await open();
    const { keyId } = await createKey(page, 'half');
    await copyBy(page.getByRole('dialog').getByRole('button', { name: 'Copy key id' }));
    expect(await copied(page)).toBe(keyId);
    expect(await page.getByRole('button', { name: 'I have saved it' }).count()).toBe(1);
  });

  itWhenLong('saves a file that sets both, from an address that holds neither', async () => {
    const { page } = await open();
    const { keyId, secret } = await createKey(page, 'saved');
    const [download] = await Promise.all([page.waitForEvent('download'), page.getByRole('button', { name: /\.env/ }).click()]);
    expect(readFileSync(await download.path(), 'utf8')).toBe(`KEYLEDGER_KEY_ID=${keyId}\nKEYLEDGER_SECRET=${secret}\n`);
    expect(download.suggestedFilename()).toBe(`${keyId}.env`);
    expect(download.url()).not.toContain(secret);
    await page.getByRole('button', { name: 'Done' }).click();
    await page.getByRole('dialog').waitFor({ state: 'detached' });
    await expect(page.goto(download.url())).rejects.toThrow(/ERR_FILE_NOT_FOUND|NS_ERROR_MALFORMED_URI/);
  });

  itWhenLong('selects the secret where the browser does not give the page the clipboard', async () => {
    const { page } = await open({ clipboard: false });
    const { secret } = await createKey(page, 'selected');
    await page.evaluate(() => {
      navigator.clipboard.writeText = () => Promise.reject(new Error('not allowed'));
    });
    const button = page.getByRole('button', { name: 'Copy secret' });
    await whileReported(page, 'Selected: copy it with Ctrl+C or ⌘C', () => button.click());
    expect(await page.evaluate(() => getSelection()?.toString())).toBe(secret);
    expect(await page.getByRole('button', { name: 'I have saved it' }).count()).toBe(1);
    await page.keyboard.press('ControlOrMeta+C');
    await page.getByRole('button', { name: 'Done' }).waitFor();
  });

  it('leaves nothing behind: not in the heap, the page, any storage, the address, the history entry or the console', async () => {
    const { page, complaints } = await open();
    const { keyId, secret } = await createKey(page, 'forgotten');
    expect(await statusOf(server, { key: { keyId }, secret })).toBe(200);
    await expectInHeap(page, [secret], true);
    expect(await storedIn(page)).toContain(secret);
    const shown = await page.locator('code[data-secret]').elementHandles();
    await keepSecret(page);
    await page.getByRole('row', { name: /forgotten/ }).waitFor();
    for (const element of shown) {
      expect(await element.textContent()).toBe('');
      await element.dispose();
    }
    const parts = [secret, secret.slice(4), secret.slice(0, 30)];
    const left = await storedIn(page);
    for (const part of parts) expect(left.includes(part)).toBe(false);
    await expectInHeap(page, parts, false);
    expect(complaints).toEqual([]);
  });

  itWhenLong.each([
    ['Esc, twice', (page: Page) => page.keyboard.press('Escape').then(() => page.keyboard.press('Escape'))],
    ['a reload', (page: Page) => page.reload()],
    ['Back and Forward', (page: Page) => page.goBack().then(() => page.goForward())],
  ])('is not brought back after %s', async (_how, leave) => {
    const owner = await server.client();
    const { page } = await openDashboard(owner, { path: '/history', isNew: true });
    await page.getByRole('heading', { name: 'History' }).waitFor();
    await page.getByRole('link', { name: 'API keys' }).click();
    await page.getByRole('heading', { name: 'API keys', exact: true }).waitFor();
    page.on('dialog', (dialog) => dialog.accept());
    const { secret } = await createKey(page, 'left');
    await leave(page);
    await page.getByRole('row', { name: /left/ }).waitFor();
    expect(await page.getByRole('dialog').count()).toBe(0);
    expect(await storedIn(page)).not.toContain(secret);
    await expectInHeap(page, [secret], false);
    await page.keyboard.press('Escape');
    expect(await page.getByRole('dialog').count()).toBe(0);
  });

  itWhenLong('shows nothing of it any more once the page is put aside, for the Back button or for good', async () => {
    const { page } = await open();
    const { secret } = await createKey(page, 'aside');
    const left = await page.evaluate(() => {
      dispatchEvent(new PageTransitionEvent('pagehide', { persisted: true }));
      return document.documentElement.outerHTML;
    });
    expect(left).not.toContain(secret);
    expect(left).not.toContain('<dialog');
    await expectInHeap(page, [secret], false);
  });

  itWhenLong('asks too where the browser has a way of its own to close a dialog', async () => {
    const { page } = await open();
    await createKey(page, 'asked');
    const dialog = page.getByRole('dialog');
    expect(await dialog.getAttribute('closedby')).toBe('none');
    const cancel = () => dialog.evaluate((element) => element.dispatchEvent(new Event('cancel', { cancelable: true })));
    expect(await cancel()).toBe(false);
    await dialog.getByText('Have you saved the secret?').waitFor();
    expect(await cancel()).toBe(false);
    await dialog.waitFor({ state: 'detached' });
  });

  itWhenLong.each([
    ['can be told to leave Esc alone', 'none'],
    ['cannot', 'any'],
  ])('only asks at the first Esc where a browser %s', async (_what, closedby) => {
    const { page } = await open();
    const { secret } = await createKey(page, 'asked');
    const dialog = page.getByRole('dialog');
    await dialog.evaluate((element, value) => element.setAttribute('closedby', value), closedby);
    await page.keyboard.press('Escape');
    await dialog.getByText('Have you saved the secret?').waitFor();
    expect((await readSecret(page)).secret).toBe(secret);
    await page.keyboard.press('Escape');
    await dialog.waitFor({ state: 'detached' });
  });

  itWhenLong('hears Esc as soon as it is shown', async () => {
    const { page } = await open();
    await page.getByRole('heading', { name: 'You have no API keys yet' }).waitFor();
    await page.evaluate(() => {
      new MutationObserver((_, observer) => {
        if (!document.querySelector('[data-secret]')) return;
        observer.disconnect();
        document.dispatchEvent(new KeyboardEvent('keydown', { key: 'Escape', cancelable: true }));
      }).observe(document, { subtree: true, childList: true });
    });
    await createKey(page, 'early');
    await page.getByRole('dialog').getByText('Have you saved the secret?').waitFor();
  });

  itWhenLong('has the browser ask before the page is left with a secret that was not copied', async () => {
    const { page } = await open();
    await createKey(page, 'warned');
    const asked = page.waitForEvent('dialog').then((dialog) => dialog.dismiss().then(() => dialog.type()));
    // Browsers ask only if the user has interacted with the page.
    await page.getByText('This secret will not be shown again.').click();
    void page.reload().catch(() => {});
    expect(await asked).toBe('beforeunload');
    expect((await readSecret(page)).secret).toMatch(/^kls_/);
    await page.getByRole('button', { name: 'Copy secret' }).click();
    await page.getByRole('button', { name: 'Done' }).waitFor();
    const askedAgain: string[] = [];
    page.on('dialog', (dialog) => askedAgain.push(dialog.type()) && dialog.accept());
    await page.reload();
    await page.getByRole('row', { name: /warned/ }).waitFor();
    expect(askedAgain).toEqual([]);
  });
});
