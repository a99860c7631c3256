import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Page } from 'playwright-core';
import { expectUsable } from '../support/accessibility.js';
import { describeInEachBrowser, openDashboard } from '../support/browser.js';
import { newAccount, temporaryDirectory } from '../support/cleanup.js';
import type { Client } from '../support/client.js';
import { createKey, readSecret, untilFocused, whileReported } from '../support/dashboard.js';
import { fewUnlessLong, itWhenLong } from '../support/long.js';
import { type Server, startServer } from '../support/server.js';
import { SHOWN_PAGES, untilShown } from '../support/shown-pages.js';

const IN_90_DAYS = new Date(Date.now() + 90 * 86_400_000).toISOString();

const BUILT = join(import.meta.dirname, '../../dist/dashboard');

/** Chromium's console message for a refused request. Firefox has none. */
const REFUSED = 'console: Failed to load resource: the server responded with a status of 400 (Bad Request)';

/** Each page and dialog, how to open it for an account that holds these keys, and console messages that are no fault. */
const VIEWS: [view: string, held: string[], open: (page: Page) => Promise<unknown>, allowed?: string[]][] = [
  ['two keys', ['production', 'staging'], (page) => page.getByText('You have reached the limit of 2 keys.').waitFor()],
  [
    'the dialog with a secret, which asks before it closes',
    [],
    async (page) => {
      await createKey(page, 'production');
      await page.keyboard.press('Escape');
      await page.getByRole('alert').waitFor();
    },
  ],
  ['no keys', [], (page) => page.getByRole('heading', { name: 'You have no API keys yet' }).waitFor()],
  [
    'the dialog that creates',
    [],
    async (page) => {
      await page.getByRole('button', { name: 'Create' }).click();
      await page.getByLabel('Expires').selectOption('Custom');
    },
  ],
  [
    'a fault in a field',
    [],
    async (page) => {
      await page.getByRole('button', { name: 'Create' }).click();
      await page.getByLabel('Name').fill('production');
      await page.getByLabel('Scopes').fill('"');
      await page.getByRole('dialog').getByRole('button', { name: 'Create' }).click();
      await page.locator('.fault').waitFor();
    },
    [REFUSED],
  ],
  [
    'the dialog that rotates',
    ['production', 'staging'],
    async (page) => {
      await page.getByRole('button', { name: 'Rotate production' }).click();
      await page.getByRole('dialog').waitFor();
    },
  ],
  [
    'the dialog that deletes',
    ['production'],
    async (page) => {
      await page.getByRole('button', { name: 'Delete production' }).click();
      await page.getByRole('alertdialog').waitFor();
    },
  ],
  [
    'the history',
    ['production', 'staging'],
    async (page) => {
      await page.getByRole('link', { name: 'History' }).click();
      await page.getByRole('table', { name: 'The keys that the account held at that instant' }).waitFor();
      await page.getByText('Details').first().click();
    },
  ],
];

describeInEachBrowser('the dashboard', () => {
  let server: Server;
  beforeAll(async () => {
    server = await startServer(temporaryDirectory());
  });

  let accounts = 0;
  const ownerOf = async (held: string[]): Promise<Client> => {
    accounts += 1;
    const owner = await server.client(`acme-${accounts}`, { subject: 'ada' });
    for (const name of held) await owner.newKey({ name, scopes: ['read', 'write'], expiresAt: IN_90_DAYS });
    return owner;
  };

  it.each(fewUnlessLong(2, VIEWS))('can be used by everybody: %s', async (view, held, open, allowed = []) => {
    const { page, complaints } = await openDashboard(await ownerOf(held));
    await open(page);
    await expectUsable(page, view);
    expect(complaints.filter((complaint) => !allowed.includes(complaint))).toEqual([]);
  });

  itWhenLong.each([
    ['signed out', '/settings/api-keys'],
    ['the page that tells how to sign in', '/sign-in?returnTo=%2F'],
    ['a sign-in that failed', '/sign-in?error=denied'],
  ])('can be used by everybody: %s', async (view, path) => {
    const { page } = await openDashboard({ url: server.url }, { path });
    await page.getByRole('heading', { name: 'Keyledger' }).waitFor();
    await expectUsable(page, view);
  });

  itWhenLong.each([360, 600, 768])('keeps the sign-out beside the user at %i pixels', async (width) => {
    const { page } = await openDashboard(await ownerOf([]), { width });
    const names = page.locator('.who');
    await names.waitFor();
    const [who, button] = [await names.boundingBox(), await page.getByRole('button', { name: 'Sign out' }).boundingBox()];
    expect(button?.x).toBeGreaterThan(who?.x ?? width);
    expect(button?.y).toBeLessThan((who?.y ?? 0) + (who?.height ?? 0));
  });

  itWhenLong.each(SHOWN_PAGES)('has room for the longest names on the page $name', async (shown) => {
    const subject = 'n'.repeat(128);
    const owner = await server.client(subject, { subject });
    const { keys } = await owner.readAccount();
    const keyId = keys[0]?.keyId ?? (await owner.newKey({ name: 'N'.repeat(100), scopes: ['s'.repeat(100)] })).key.keyId;
    const viewer = shown.role === 'owner' ? owner : await server.client(subject, { role: shown.role, subject });
    const { page } = await openDashboard(viewer, { path: shown.path.replace('KEY', keyId) });
    for (const width of [360, 1280]) {
      await page.setViewportSize({ width, height: 800 });
      await untilShown(page, shown);
      const root = page.locator('html');
      expect([width, await root.evaluate(({ scrollWidth, clientWidth }) => scrollWidth - clientWidth)]).toEqual([width, 0]);
    }
  });

  itWhenLong.each([360, 768, 1024, 1280])('breaks no name that the server has for itself, at %i pixels', async (width) => {
    const owner = await server.client(newAccount(), { subject: 'system:retention' });
    await owner.newKey({ name: 'N'.repeat(100) });
    const auditor = await server.client(owner.account, { role: 'auditor' });
    const { page } = await openDashboard(auditor, { path: '/history', width });
    const who = page.locator('[data-label="Who"]', { hasText: 'system:retention' }).first();
    await who.waitFor();
    const lines = await who.evaluate((cell) => {
      const text = document.createRange();
      text.selectNodeContents(cell);
      return new Set([...text.getClientRects()].map(({ top }) => top)).size;
    });
    expect(lines).toBe(1);
  });

  itWhenLong('is used with the keyboard alone: creates, copies, closes, rotates, deletes', async () => {
    const owner = await server.client();
    const { page } = await openDashboard(owner);
    await page.getByRole('heading', { name: 'You have no API keys yet' }).waitFor();
    const press = (key: string) => page.keyboard.press(key);
    await tabTo(page, 'Create');
    await press('Enter');
    await page.getByRole('dialog').waitFor();
    await page.keyboard.type('typed');
    await press('Enter');
    const { secret } = await readSecret(page);
    await tabTo(page, 'Copy secret');
    await whileReported(page, 'Copied', () => press('Enter'));
    expect(await page.evaluate(() => navigator.clipboard.readText())).toBe(secret);
    await press('Escape');
    await page.getByRole('dialog').waitFor({ state: 'detached' });
    await untilFocused(page, 'Create');
    const called = `typed (…${secret.slice(-4)})`;
    await page.getByRole('button', { name: `Rotate ${called}` }).waitFor();
    await tabTo(page, `Rotate ${called}`);
    await press('Enter');
    await page.getByRole('dialog').waitFor();
    await press('Escape');
    await page.getByRole('dialog').waitFor({ state: 'detached' });
    await untilFocused(page, `Rotate ${called}`);
    await tabTo(page, `Delete ${called}`);
    await press('Enter');
    await page.getByRole('alertdialog').waitFor();
    await tabTo(page, 'Delete permanently');
    await press('Enter');
    await page.getByRole('heading', { name: 'You have no API keys yet' }).waitFor();
    await untilFocused(page, 'API keys');
  });

  itWhenLong('keeps the focus within a dialog', async () => {
    const { page } = await openDashboard(await ownerOf(['production']));
    await page.getByRole('button', { name: 'Delete production' }).click();
    await page.getByRole('alertdialog').waitFor();
    for (let presses = 0; presses < 8; presses += 1) {
      await page.keyboard.press('Tab');
      const isAround = await page.evaluate(() => document.activeElement?.closest('dialog, body > *, #root > *')?.tagName);
      expect([undefined, 'DIALOG']).toContain(isAround);
    }
  });

  itWhenLong('tells an analyst, and an auditor who asks for keys, which pages there are for them', async () => {
    for (const role of ['auditor', 'analyst'] as const) {
      const { page } = await openDashboard(await server.client(newAccount(), { role }));
      await page.getByText('You do not have access to this page.').waitFor();
    }
  });

  it('loads what a first visit needs with less than 100 kB, compressed', async () => {
    const { page } = await openDashboard(await ownerOf([]));
    await page.getByRole('heading', { name: 'You have no API keys yet' }).waitFor();
    const loaded = await page.evaluate(() =>
      performance
        .getEntries()
        .filter((entry) => entry instanceof PerformanceResourceTiming)
        .map(({ name, encodedBodySize }) => ({ path: new URL(name).pathname, bytes: encodedBodySize })),
    );
    const sum = (sizes: number[]) => sizes.reduce((sum, size) => sum + size, 0);
    const transferred = sum(loaded.map(({ bytes }) => bytes));
    expect(loaded.filter(({ path }) => path.endsWith('.js')).length).toBeGreaterThan(1);
    expect(transferred).toBeGreaterThan(10_000);
    expect(transferred).toBeLessThan(100_000);
    const assets = new Set(loaded.map(({ path }) => path).filter((path) => path.startsWith('/assets/')));
    const all = sum([...assets].map((path) => readFileSync(join(BUILT, `${path}.gz`)).length));
    expect(all).toBeLessThan(100_000);
    if (process.env.KEYLEDGER_TEST_FIGURES) process.stderr.write(`first visit: ${all} bytes gzipped, ${transferred} came\n`);
  });

  it('holds no inline script or style, and no address of another server', () => {
    const html = readFileSync(join(BUILT, 'index.html'), 'utf8');
    expect(html).not.toMatch(/<script(?![^>]*\ssrc=)|<style|\sstyle=|\son\w+=/);
    const assets = readdirSync(join(BUILT, 'assets')).filter((name) => /^(?!graphiql).*\.css$/.test(name));
    for (const name of assets) expect(readFileSync(join(BUILT, 'assets', name), 'utf8')).not.toMatch(/url\(|@import/);
  });
});

/** Presses Tab until that control has the focus. */
async function tabTo(page: Page, name: string): Promise<void> {
  for (let presses = 0; presses < 40; presses += 1) {
    await page.keyboard.press('Tab');
    if ((await focused(page)) === name) return;
  }
  throw new Error(`Tab does not lead to "${name}".`);
}

/** The name of the focused element. */
function focused(page: Page): Promise<string> {
  return page.evaluate(() => {
    const element = document.activeElement;
    return element?.getAttribute('aria-label') ?? element?.textContent ?? '';
  });
}
