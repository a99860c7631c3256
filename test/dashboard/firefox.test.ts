import { join } from 'node:path';
import type { Page } from 'playwright-core';
import type { Role } from '../../src/auth/viewer.js';
import { keyledger } from '../cli/run.js';
import { expectUsable } from '../support/accessibility.js';
import { describeIn, openDashboard } from '../support/browser.js';
import { FIREFOX } from '../support/browsers.js';
import { newAccount, temporaryDirectory } from '../support/cleanup.js';
import type { Client } from '../support/client.js';
import { createKey, keepSecret, readSecret, untilNames } from '../support/dashboard.js';
import { feedsOf } from '../support/feeds-of-tabs.js';
import { isLong } from '../support/long.js';
import { type Server, startServer } from '../support/server.js';
import { SHOWN_PAGES, type ShownPage, untilShown } from '../support/shown-pages.js';
import { signInLink } from '../support/sign-in.js';
import { translate } from '../support/translator.js';
import { statusOf } from '../support/verify.js';

const IN_FIREFOX = { engine: FIREFOX };

/** More than the connections that a browser opens to a server over HTTP/1.1. */
const TABS = 8;

describeIn(FIREFOX)('the dashboard in Firefox', () => {
  let server: Server;
  let exported: string;
  beforeAll(async () => {
    const data = join(temporaryDirectory(), 'data');
    const run = async (...given: string[]) => {
      const { code, stdout, stderr } = await keyledger(given, { KEYLEDGER_DATA: data });
      expect({ code, stderr }).toMatchObject({ code: 0 });
      return stdout;
    };
    await run('demo', '--accounts', '6', '--days', '40');
    exported = await run('export');
    server = await startServer(data);
  });

  const untilEmpty = (page: Page) => page.getByRole('heading', { name: 'You have no API keys yet' }).waitFor();

  it('signs in, makes two keys, shows each secret once, copies it, and deletes a key', async () => {
    const { page, complaints } = await openDashboard({ url: server.url }, { ...IN_FIREFOX, path: '/sign-in?returnTo=%2F' });
    const account = newAccount();
    await page.goto(await signInLink(server, { subject: 'ada', account, role: 'owner' }));
    await untilEmpty(page);
    await page.getByText('curl').first().waitFor();
    const create = page.getByRole('button', { name: 'Create', exact: true });
    const { keyId, secret } = await createKey(page, 'first');
    expect(await statusOf(server, { key: { keyId }, secret })).toBe(200);
    await keepSecret(page);
    expect(await page.content()).not.toContain(secret);
    await createKey(page, 'second');
    await keepSecret(page);
    await untilNames(page, ['first', 'second']);
    expect(await create.isDisabled()).toBe(true);
    await page.reload();
    await untilNames(page, ['first', 'second']);
    expect(await page.content()).not.toContain(secret);
    await page.getByRole('button', { name: /^Delete first/ }).click();
    await page.getByRole('button', { name: 'Delete permanently' }).click();
    await untilNames(page, ['second']);
    expect(await create.isEnabled()).toBe(true);
    expect(await statusOf(server, { key: { keyId }, secret })).toBe(401);
    expect(complaints).toEqual([]);
  });

  it('copies the whole secret', async () => {
    const { page } = await openDashboard(await server.client(), IN_FIREFOX);
    const { secret } = await createKey(page, 'copied');
    await keepSecret(page);
    await page.getByRole('button', { name: 'Create', exact: true }).click();
    await page.getByLabel('Name').focus();
    await page.keyboard.press('Control+V');
    expect(await page.getByLabel('Name').inputValue()).toBe(secret);
  });

  it(`shows in ${TABS} tabs what others do, by one feed, and makes changes in each`, async () => {
    const owner = await server.client();
    await owner.newKey({ name: 'first' });
    const { context, page } = await openDashboard(owner, { ...IN_FIREFOX, path: '/sign-in' });
    const feeds = feedsOf(context);
    const tabs = [page];
    while (tabs.length < TABS) tabs.push(await context.newPage());
    for (const tab of tabs) await tab.goto(`${server.url}/settings/api-keys`);
    const all = (names: string[]) => Promise.all(tabs.map((tab) => untilNames(tab, names)));
    await all(['first']);
    const { key } = await owner.newKey({ name: 'elsewhere' });
    await all(['first', 'elsewhere']);
    await owner.deleteKey(key.keyId);
    await all(['first']);
    const last = tabs[TABS - 1] as Page;
    await createKey(last, 'here');
    await keepSecret(last);
    await all(['first', 'here']);
    expect(feeds.open()).toHaveLength(1);
    expect(feeds.begun()).toBe(1);
  });

  it('shows and copies a secret on a page that is translated', async () => {
    const { page, complaints } = await openDashboard(await server.client(), IN_FIREFOX);
    await untilEmpty(page);
    await translate(page);
    const { secret } = await createKey(page, 'translated');
    const dialog = page.getByRole('dialog');
    for (let times = 0; times < 2; times += 1) {
      await dialog.getByRole('button', { name: 'Copy secret' }).click();
      await dialog.getByText('Copied').first().waitFor();
      await dialog.getByText('Copied').first().waitFor({ state: 'detached' });
    }
    expect((await readSecret(page)).secret).toBe(secret);
    await keepSecret(page);
    await untilNames(page, ['translated']);
    expect(complaints).toEqual([]);
  });

  it('draws every plot of the analysts', async () => {
    const analytics = SHOWN_PAGES.find(({ name }) => name === 'analytics') as ShownPage;
    const { page, complaints } = await openDashboard(await viewer(server, 'analyst'), { ...IN_FIREFOX, path: analytics.path });
    await untilShown(page, analytics);
    const plots = await page.locator('.plot canvas').evaluateAll((all: HTMLCanvasElement[]) =>
      all.map((canvas) => {
        const { data } = canvas.getContext('2d')?.getImageData(0, 0, canvas.width, canvas.height) ?? {};
        return new Set(new Uint32Array(data?.buffer ?? new ArrayBuffer())).size;
      }),
    );
    expect(plots.length).toBeGreaterThan(5);
    for (const colours of plots) expect(colours).toBeGreaterThan(5);
    expect(complaints).toEqual([]);
  });

  it('verifies an export, and refuses one that was changed', async () => {
    const { page } = await openDashboard(await viewer(server, 'auditor'), { ...IN_FIREFOX, path: '/verify' });
    await page.waitForFunction(() => document.querySelector('input')?.value);
    const choose = (text: string) =>
      page.getByLabel('Exported file').setInputFiles({ name: 'x.ndjson', mimeType: 'text/plain', buffer: Buffer.from(text) });
    await choose(exported);
    await page.getByText(/^Proved\./).waitFor();
    await choose(exported.replace(/"actor":"[^"]+"/, '"actor":"mallory"'));
    await page.getByText('Line 1: the event was changed').waitFor();
  });

  it.each(isLong ? SHOWN_PAGES : SHOWN_PAGES.slice(0, 1))('can be used by everybody: $name', async (shown) => {
    const client = await viewer(server, shown.role);
    const held = shown.role === 'owner' ? await client.newKey({ name: 'mine' }) : undefined;
    const path = shown.path.replace('KEY', held?.key.keyId ?? '');
    const { page, complaints } = await openDashboard(client, { ...IN_FIREFOX, path });
    await untilShown(page, shown);
    await expectUsable(page, `firefox ${shown.name}`);
    expect(complaints).toEqual([]);
  });
});

function viewer(server: Server, role: Role): Promise<Client> {
  return server.client(newAccount(), { role });
}
