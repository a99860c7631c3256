import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import type { Role } from '../../src/auth/viewer.js';
import { keyledger } from '../cli/run.js';
import { expectUsable } from '../support/accessibility.js';
import { describeInFirefoxWhenLong, openDashboard } from '../support/browser.js';
import { newAccount, temporaryDirectory } from '../support/cleanup.js';
import type { Client } from '../support/client.js';
import { createKey, keepSecret, untilNames, untilUsed } from '../support/dashboard.js';
import { untilFilled, untilSigned } from '../support/readiness.js';
import { type Server, startServer } from '../support/server.js';
import { SHOWN_PAGES, type ShownPage, untilShown } from '../support/shown-pages.js';
import { signInLink } from '../support/sign-in.js';
import { statusOf } from '../support/verify.js';

// A long run has the tests of the owner's pages in Firefox too, in their own files.
describeInFirefoxWhenLong('the dashboard in Firefox', () => {
  let server: Server;
  beforeAll(async () => {
    server = await startServer(temporaryDirectory());
  });

  it('signs in, makes two keys, shows each secret once, copies it, and deletes a key', async () => {
    const account = newAccount();
    const { page, complaints } = await openDashboard({ url: server.url }, { path: '/sign-in?returnTo=%2F' });
    await page.goto(await signInLink(server, { subject: 'ada', account, role: 'owner' }));
    await page.getByRole('heading', { name: 'You have no API keys yet' }).waitFor();
    const create = page.getByRole('button', { name: 'Create', exact: true });
    const { keyId, secret } = await createKey(page, 'first');
    expect(await statusOf(server, { key: { keyId }, secret })).toBe(200);
    await keepSecret(page);
    expect(await page.content()).not.toContain(secret);
    await create.click();
    await page.getByLabel('Name').focus();
    await page.keyboard.press('ControlOrMeta+V');
    await page.waitForFunction((text) => [...document.querySelectorAll('input')].some(({ value }) => value === text), secret);
    expect(await page.getByLabel('Name').inputValue()).toBe(secret);
    await page.keyboard.press('Escape');
    await createKey(page, 'second');
    await keepSecret(page);
    await untilNames(page, ['first', 'second']);
    expect(await create.isDisabled()).toBe(true);
    await untilUsed(await server.client(account));
    await page.reload();
    await untilNames(page, ['first', 'second']);
    expect(await page.content()).not.toContain(secret);
    await page.getByRole('button', { name: /^Delete first/ }).click();
    await page.getByRole('alertdialog').getByRole('textbox').fill('first');
    await page.getByRole('button', { name: 'Delete permanently' }).click();
    await untilNames(page, ['second']);
    expect(await create.isEnabled()).toBe(true);
    expect(await statusOf(server, { key: { keyId }, secret })).toBe(401);
    expect(complaints).toEqual([]);
  });
});

describeInFirefoxWhenLong('the pages of auditors, operators and analysts, in Firefox', () => {
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
    await untilFilled(server);
    const auditor = await viewer('auditor');
    await untilSigned(auditor);
    // Each of these reads is recorded, a moment later.
    const reads = '{ reads(first: 1) { edges { cursor } } }';
    while (!(await auditor.send<{ reads: { edges: unknown[] } }>(reads)).data?.reads.edges.length) await delay(25);
  });
  const viewer = (role: Role): Promise<Client> => server.client(newAccount(), { role });

  it('draw every plot', async () => {
    const analytics = SHOWN_PAGES.find(({ name }) => name === 'analytics') as ShownPage;
    const { page, complaints } = await openDashboard(await viewer('analyst'), { path: analytics.path });
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

  it('verify an export, and refuse one that was changed', async () => {
    const { page } = await openDashboard(await viewer('auditor'), { path: '/verify' });
    await page.waitForFunction(() => document.querySelector('input')?.value);
    const choose = (text: string) =>
      page.getByLabel('Exported file').setInputFiles({ name: 'x.ndjson', mimeType: 'text/plain', buffer: Buffer.from(text) });
    await choose(exported);
    await page.getByText(/^Proved\./).waitFor();
    await choose(exported.replace(/"actor":"[^"]+"/, '"actor":"mallory"'));
    await page.getByText('Line 1: the event was changed').waitFor();
  });

  it.each(SHOWN_PAGES.filter(({ role }) => role !== 'owner'))('can be used by everybody: $name', async (shown) => {
    const { page, complaints } = await openDashboard(await viewer(shown.role), shown);
    await untilShown(page, shown);
    await expectUsable(page, `firefox ${shown.name}`);
    expect(complaints).toEqual([]);
  });
});
