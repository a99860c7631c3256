import { setTimeout as delay } from 'node:timers/promises';
import type { Page } from 'playwright-core';
import { describeInEachBrowser, openDashboard } from '../support/browser.js';
import { newAccount, temporaryDirectory } from '../support/cleanup.js';
import type { Client } from '../support/client.js';
import { asks, failAtFirst, fill, picture, withoutFeed } from '../support/dashboard.js';
import { itWhenLong } from '../support/long.js';
import { untilFilled, untilProjected, untilSigned } from '../support/readiness.js';
import { type Server, startServer } from '../support/server.js';

const HISTORY = { path: '/history' };

describeInEachBrowser('the history', () => {
  let server: Server;
  /** An owner all of whose events are covered by a checkpoint: a server signs once more before it stops. */
  let signed: Client;
  beforeAll(async () => {
    const data = temporaryDirectory();
    server = await startServer(data);
    const { account } = await filled(2);
    await server.end('SIGTERM');
    server = await startServer(data);
    signed = await server.client(account);
    await untilFilled(server);
    await untilSigned(signed);
  });
  const filled = async (count: number) => fill(await server.client(), count);

  const sentences = (page: Page) => page.locator('td.what > span').allTextContents();
  const untilVerified = (page: Page) => page.getByText('Verified by this browser.').waitFor();

  it('shows what happened, the newest first, each event proved by the browser itself', async () => {
    const owner = await server.client();
    const old = await owner.newKey({ name: 'old' });
    await owner.rotateKey({ keyId: old.key.keyId, overlapSeconds: 3600 });
    await owner.deleteKey(old.key.keyId);
    const { page, complaints } = await openDashboard(owner, HISTORY);
    await untilVerified(page);
    await page.waitForFunction(() => document.querySelectorAll('td.what').length === 4);
    const [deleted, ...earlier] = await sentences(page);
    expect(deleted).toBe(`${old.key.keyId} was deleted`);
    expect(earlier.join('\n')).toMatch(
      /expires at[\s\S]*old was created as key_\w+, to replace key_\w+[\s\S]*old was created as/,
    );
    await page.waitForFunction(() => document.querySelectorAll('td[data-label="Proof"] .active').length === 4);
    await page
      .getByRole('status')
      .filter({ hasText: /Verified.*4 events shown here are in the signed log/ })
      .waitFor();
    expect(complaints).toEqual([]);
    await picture(page, 'history verified');
  });

  it('aligns the fields of its forms', async () => {
    const { page } = await openDashboard(signed, HISTORY);
    await page.getByLabel('Date and time').waitFor();
    for (const form of ['.filter', '.instant']) {
      const heights = await page
        .locator(`${form} .field`)
        .evaluateAll((fields) => fields.map((field) => field.getBoundingClientRect().height));
      expect(new Set(heights).size).toBe(1);
    }
  });

  itWhenLong('shows new events by themselves, and proves them once they are signed', async () => {
    const owner = signed;
    const { page } = await openDashboard(owner, HISTORY);
    // The page has nothing left to look for by itself.
    await page.waitForFunction(() => document.querySelectorAll('td[data-label="Proof"] .active').length === 2);
    await owner.newKey({ name: 'the latest' });
    await page.getByText('the latest was created').first().waitFor();
    await page.waitForFunction(() => document.querySelectorAll('td[data-label="Proof"] .active').length === 3);
  });

  itWhenLong('shows every part of an event that its leaf is made of', async () => {
    const owner = await filled(2);
    const { page } = await openDashboard(owner, HISTORY);
    await page.getByText('Details').first().click();
    const { data } = await owner.send<{ events: { edges: { node: { canonical: string } }[] } }>(
      '{ events(last: 1) { edges { node { canonical } } } }',
    );
    const shown = JSON.parse((await page.locator('details[open] pre').textContent()) ?? '');
    expect(shown).toEqual(JSON.parse(data?.events.edges[0]?.node.canonical ?? ''));
  });

  itWhenLong('turns pages both ways', async () => {
    const { page } = await openDashboard(await filled(46), HISTORY);
    await page.waitForFunction(() => document.querySelectorAll('td.what').length === 20);
    const newest = await sentences(page);
    const turn = async (name: string, count: number) => {
      const before = await page.locator('tbody td.what').first().textContent();
      await page.getByRole('button', { name, exact: true }).click();
      await page.waitForFunction(
        ([text, count]) => {
          const rows = document.querySelectorAll('tbody td.what');
          return rows.length === count && rows[0]?.textContent !== text;
        },
        [before, count] as const,
      );
    };
    await turn('Older', 20);
    await turn('Older', 6);
    expect(await page.getByRole('button', { name: 'Older' }).isDisabled()).toBe(true);
    await turn('Newer', 20);
    await turn('Newer', 20);
    expect(await sentences(page)).toEqual(newest);
  });

  itWhenLong('shows the keys as of any instant, by a slider and by a date and time', async () => {
    const owner = await server.client();
    await owner.newKey({ name: 'first' });
    // The field for a date and time has whole seconds.
    await delay(1100);
    const { key } = await owner.newKey({ name: 'second' });
    await delay(1100);
    await owner.deleteKey(key.keyId);
    await untilProjected(server);
    const { page } = await openDashboard(owner, { path: '/settings/api-keys', isNew: true });
    // The page loads the time of the account once more when it begins to follow it, and after an event that the feed brings late. If its
    // clock went on, that would change the slider's steps.
    await withoutFeed(page);
    await page.clock.setFixedTime(Date.now());
    await page.getByRole('link', { name: 'History' }).click();
    const snapshot = page.getByRole('table', { name: 'The keys that the account held at that instant' });
    const untilNames = (...names: string[]) =>
      page.waitForFunction((expected) => {
        const shown = [...document.querySelectorAll('.as-of tbody th')].map((element) => element.textContent);
        return JSON.stringify(shown) === expected;
      }, JSON.stringify(names));
    await snapshot.waitFor();
    await untilNames('first');
    const { data } = await owner.send<{ account: { history: { edges: { node: { at: string } }[] } } }>(
      '{ account { history { edges { node { at } } } } }',
    );
    const [first = 0, second = 0] = data?.account.history.edges.map(({ node }) => Date.parse(node.at)) ?? [];
    const slider = page.getByRole('slider', { name: 'Time' });
    const steps = Number(await slider.getAttribute('max'));
    const field = page.getByLabel('Date and time');
    const present = await field.evaluate((element: HTMLInputElement) => Date.parse(element.max));
    const step = 10 ** Math.round(Math.log10((present - first) / steps));
    await slider.fill(String(Math.ceil((second - first) / step)));
    await untilNames('first', 'second');
    await slider.press('ArrowLeft');
    await untilNames('first');
    // As the browser writes it, in its time zone.
    const local = (instant: number) => page.evaluate((at) => new Date(at).toLocaleString('sv').replace(' ', 'T'), instant);
    await field.fill(await local(Math.ceil(second / 1000) * 1000));
    await untilNames('first', 'second');
    await field.fill(await local(Math.floor(second / 1000) * 1000));
    await untilNames('first');
  });

  it('says of a key that was disabled at the instant that it was', async () => {
    const owner = await server.client();
    const { key } = await owner.newKey({ name: 'paused' });
    await owner.newKey({ name: 'used' });
    await owner.disableKey({ keyId: key.keyId });
    await untilProjected(server);
    const { page } = await openDashboard(owner, HISTORY);
    const snapshot = page.getByRole('table', { name: 'The keys that the account held at that instant' });
    await snapshot.waitFor();
    const statuses = await snapshot.locator('[data-label="Status then"]').allTextContents();
    expect(statuses).toEqual(['Disabled', 'Active']);
  });

  it('counts the events of an export in words that fit a single one', async () => {
    const owner = await server.client();
    await owner.newKey();
    await untilProjected(server);
    const { page } = await openDashboard(owner, HISTORY);
    await page.waitForFunction(() => document.querySelectorAll('td.what').length === 1);
    await page.getByRole('button', { name: 'Export without proofs (CSV)' }).click();
    await page.getByText('Saved 1 event. A CSV file proves nothing: anybody can change it.').waitFor();
  });

  itWhenLong('goes through a long past in steps that a person can count, and says each in words', async () => {
    const owner = await filled(2);
    const { page } = await openDashboard(owner, { path: '/settings/api-keys' });
    const long = new Date(Date.now() - 100 * 24 * 3_600_000).toISOString();
    await page.route('**/graphql', (route) =>
      asks(route.request(), 'FirstEvent')
        ? route.fulfill({ json: { data: { events: { edges: [{ node: { at: long } }] } } } })
        : route.fallback(),
    );
    await page.getByRole('link', { name: 'History' }).click();
    const slider = page.getByRole('slider', { name: 'Time' });
    const inWords = () => slider.getAttribute('aria-valuetext');
    await slider.waitFor();
    expect(Number(await slider.getAttribute('max'))).toBeLessThanOrEqual(500);
    expect(await inWords()).toBe('now');
    await slider.press('ArrowLeft');
    await slider.press('ArrowLeft');
    expect(await inWords()).toMatch(/^(6|12) hours ago, \w{3} \d+, \d{4}, /);
    await slider.press('Home');
    expect(await inWords()).toMatch(/^3 months ago, /);
    await page.getByText('The account held no keys.').waitFor();
    const field = page.getByLabel('Date and time');
    await field.fill('');
    expect(await field.inputValue()).toBe('');
    expect(await inWords()).toMatch(/^3 months ago, /);
    await slider.press('End');
    expect(await inWords()).toBe('now');
    const [value, max] = await field.evaluate((input: HTMLInputElement) => [input.value, input.max]);
    expect(value).toBe(max);
  });

  itWhenLong('says that the time of an account could not be loaded, and tries again', async () => {
    const { page } = await openDashboard(await filled(2), { path: '/settings/api-keys' });
    await withoutFeed(page);
    const { failed } = await failAtFirst(page, 'FirstEvent');
    await page.getByRole('link', { name: 'History' }).click();
    const card = page.getByRole('region', { name: 'Keys at a point in time' });
    await failed;
    await card.getByRole('alert').waitFor();
    expect(await page.getByRole('slider').count()).toBe(0);
    await card.getByRole('button', { name: 'Try again' }).click();
    await page.getByRole('slider').waitFor();
    expect(await card.getByRole('alert').count()).toBe(0);
  });

  itWhenLong('shows an auditor the events of all accounts, and of one with its keys', async () => {
    const one = await filled(2);
    const other = await filled(2);
    const auditor = await server.client(newAccount(), { role: 'auditor' });
    const { page } = await openDashboard(auditor, HISTORY);
    await page.getByRole('cell', { name: one.account }).first().waitFor();
    await page.getByRole('cell', { name: other.account }).first().waitFor();
    expect(await page.getByRole('slider').count()).toBe(0);
    await page.getByLabel('Account').fill(one.account);
    await page.getByRole('button', { name: 'Apply' }).click();
    await page.getByRole('slider').waitFor();
    await page.waitForFunction(() => document.querySelectorAll('td.what').length === 2);
    expect(await page.evaluate(() => location.search)).toBe(`?account=${one.account}`);
    expect(await page.getByRole('link', { name: 'API keys' }).count()).toBe(0);
  });

  itWhenLong('shows an owner nothing of another account, whatever stands in the address', async () => {
    const other = await filled(2);
    const owner = await filled(4);
    const { page } = await openDashboard(owner, { path: `/history?account=${other.account}` });
    await page.waitForFunction(() => document.querySelectorAll('td.what').length === 4);
    expect(await page.content()).not.toContain(other.account);
  });
});
