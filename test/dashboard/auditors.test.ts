import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Locator, Page } from 'playwright-core';
import { keyledger } from '../cli/run.js';
import { expectUsable } from '../support/accessibility.js';
import { describeInBrowserWhenLong, openDashboard } from '../support/browser.js';
import { newAccount, temporaryDirectory } from '../support/cleanup.js';
import type { Client } from '../support/client.js';
import { fill, untilFocused } from '../support/dashboard.js';
import { untilFilled, untilProjected, untilSigned } from '../support/readiness.js';
import { type Server, startServer } from '../support/server.js';

describeInBrowserWhenLong('the auditors’ pages', () => {
  let server: Server;
  /** Owners of two accounts, and an auditor. All events are covered by a checkpoint: a server signs once more before it stops. */
  let [one, other, auditor]: Client[] = [];
  beforeAll(async () => {
    const data = temporaryDirectory();
    server = await startServer(data);
    const accounts = [newAccount(), newAccount()];
    for (const [index, subject] of ['ada', 'bob'].entries()) {
      const owner = await server.client(accounts[index], { subject });
      await fill(owner, 4);
      await owner.newKey({ name: 'held' });
    }
    await untilProjected(server);
    await server.end('SIGTERM');
    server = await startServer(data);
    await untilFilled(server);
    [one, other] = [await server.client(accounts[0]), await server.client(accounts[1])];
    auditor = await server.client(newAccount(), { role: 'auditor', subject: 'eve' });
    await untilSigned(auditor);
  });

  const client = (given: Client | undefined): Client => {
    if (!given) throw new Error('There is no client yet.');
    return given;
  };
  const rows = (page: Page) => page.locator('td.what > span').allTextContents();
  const untilRows = (page: Page, count: number) =>
    page.waitForFunction((count) => document.querySelectorAll('td.what > span').length === count, count);

  it.each(['/history', '/reads'])('%s says what is wrong with a time that ends before it begins', async (path) => {
    const { page } = await openDashboard(client(auditor), { path });
    await page.getByLabel('From').fill('2026-11-20T00:00');
    await page.getByLabel('To', { exact: true }).fill('2026-11-10T00:00');
    await page.getByRole('button', { name: 'Apply' }).click();
    await page
      .getByText(/^filter\.from \(2026-11-.*\) must be before filter\.to \(2026-11-/)
      .first()
      .waitFor();
  });

  it('leaves a time that nobody changes as it is, also in the hour that the clocks show twice', async () => {
    const { page, context } = await openDashboard(client(auditor), { path: '/history' });
    const session = await context.newCDPSession(page);
    await session.send('Emulation.setTimezoneOverride', { timezoneId: 'Europe/Vilnius' });
    const second = '2026-10-25T01:30:00.000Z';
    await page.goto(`${server.url}/history?from=${second}`);
    expect(await page.getByLabel('From').inputValue()).toBe('2026-10-25T03:30');
    await page.getByLabel('Actor').fill('ada');
    await page.getByRole('button', { name: 'Apply' }).click();
    await page.waitForURL((url) => url.searchParams.has('actor'));
    expect(new URL(page.url()).searchParams.get('from')).toBe(second);
    await session.detach();
  });

  it('filters events by type, actor, key, account and time, and keeps the filter in the address', async () => {
    const { page, context } = await openDashboard(client(auditor), { path: '/history' });
    await untilRows(page, 10);
    await page.getByLabel('Actor').fill('ada');
    await page.getByLabel('Type').selectOption('Key deleted');
    await page.getByLabel('From').fill('2020-01-01T00:00');
    await page.getByRole('button', { name: 'Apply' }).click();
    await untilRows(page, 2);
    const address = page.url();
    expect(Object.fromEntries(new URL(address).searchParams)).toMatchObject({ type: 'KEY_DELETED', actor: 'ada' });
    const shown = await rows(page);
    const keyId = /key_\w+/.exec(shown[0] ?? '')?.[0] ?? '';
    await page.getByLabel('Key id').fill(keyId);
    await page.getByRole('button', { name: 'Apply' }).click();
    await untilRows(page, 1);
    // Back, a reload, and a link that somebody else opens give the same view.
    await page.goBack();
    await untilRows(page, 2);
    await page.waitForFunction((id) => ![...document.querySelectorAll('input')].some(({ value }) => value === id), keyId);
    expect(await page.getByLabel('Key id').inputValue()).toBe('');
    await page.reload();
    await untilRows(page, 2);
    expect(await page.getByLabel('From').inputValue()).toBe('2020-01-01T00:00');
    const second = await context.newPage();
    await second.goto(address);
    await untilRows(second, 2);
    expect(await rows(second)).toEqual(shown);
    await page.getByLabel('To', { exact: true }).fill('2020-01-02T00:00');
    await page.getByRole('button', { name: 'Apply' }).click();
    await page.getByText('No event matches the filter.').waitFor();
    await page.getByText('No event is shown here, so none was verified.').waitFor();
    expect(await page.getByText('Verified by this browser.').count()).toBe(0);
    await page.getByRole('button', { name: 'Clear' }).click();
    await untilRows(page, 10);
    expect(new URL(page.url()).search).toBe('');
  });

  it('keeps the page of the events in the address', async () => {
    const many = await fill(await server.client(), 24);
    const { page } = await openDashboard(many, { path: '/history' });
    await untilRows(page, 20);
    await page.getByRole('button', { name: 'Older', exact: true }).click();
    await untilRows(page, 4);
    const oldest = await rows(page);
    await page.reload();
    await untilRows(page, 4);
    expect(await rows(page)).toEqual(oldest);
    await page.goBack();
    await untilRows(page, 20);
  });

  it('shows no events for a filter in the address that there is not, and says what is wrong', async () => {
    const { page } = await openDashboard(client(auditor), { path: '/history?type=KEY_STOLEN' });
    await page.getByRole('alert').getByText('There is no type of event “KEY_STOLEN”').waitFor();
    await page.goto(`${server.url}/history?from=yesterday`);
    await page.getByRole('alert').getByText('“yesterday” in the address is not a time').waitFor();
    expect(await rows(page)).toEqual([]);
  });

  it('does not distrust an event that is not signed yet because its clock was behind', async () => {
    const { page } = await openDashboard(client(one), { path: '/history?from=2020-01-01T00:00:00Z' });
    await page.getByText('Verified by this browser.').waitFor();
    // By its time, the newest event of the log is the first one; the log still has it as the last.
    await page.route('**/graphql', async (route) => {
      if (!route.request().postData()?.includes('HistoryPage')) return route.fallback();
      const response = await route.fetch();
      const body = await response.json();
      const edges: { node: { inclusionProof: unknown } }[] = body.data.events.edges;
      const last = edges.pop();
      if (last) last.node.inclusionProof = null;
      if (last) edges.unshift(last);
      await route.fulfill({ response, json: body });
    });
    await page.reload();
    await page.getByText('1 event will be signed within seconds.').waitFor();
    expect(await page.getByRole('alert').count()).toBe(0);
  });

  it('shows the deleted keys of an account, each with the way to its own events', async () => {
    const { account } = client(one);
    const { page } = await openDashboard(client(auditor), { path: `/history?account=${account}` });
    const table = page.getByRole('table', { name: 'Deleted keys, the newest first' });
    await table.locator('tbody th').nth(1).waitFor();
    expect(await table.locator('tbody th').allTextContents()).toEqual(['key 2', 'key 0']);
    expect(await table.locator('[data-label="Deleted"]').first().textContent()).toContain('by ada');
    await table.getByRole('link').first().click();
    await untilRows(page, 2);
    expect((await rows(page)).join()).toMatch(/was deleted.*key 2 was created/);
  });

  /** Reloads the page of the access records until it has this one: the server writes them in batches. */
  const untilRead = async (page: Page, record: Locator) => {
    const loaded = page.locator('table, .empty').first();
    for (await loaded.waitFor(); (await record.count()) === 0; await loaded.waitFor()) await page.reload();
  };

  it('shows an auditor who read what, and nobody else', async () => {
    const read = await openDashboard(client(one), { path: '/history' });
    await untilRows(read.page, 5);
    const { page } = await openDashboard(client(auditor), { path: '/reads?actor=tester' });
    const table = page.getByRole('table', { name: 'Access records, the last one first' });
    await untilRead(page, table.getByText(`account ${client(one).account}`));
    expect(new Set(await table.locator('[data-label="Who"]').allTextContents())).toEqual(new Set(['tester']));
    const owner = await openDashboard(client(other), { path: '/reads' });
    await owner.page.getByText('You do not have access to this page.').waitFor();
    expect(await owner.page.getByRole('link', { name: 'Access records' }).count()).toBe(0);
  });

  /** Saves a file by that button, from the keyboard, and reads it. */
  const saved = async (page: Page, button: string): Promise<string> => {
    const [download] = await Promise.all([
      page.waitForEvent('download'),
      page.getByRole('button', { name: button }).press('Enter'),
    ]);
    return readFileSync(await download.path(), 'utf8');
  };

  it('exports what is filtered as NDJSON whose proofs `keyledger verify-log` verifies', async () => {
    const { page } = await openDashboard(client(auditor), { path: '/history?actor=ada&from=2020-01-01T00:00:00Z' });
    await untilRows(page, 5);
    const text = await saved(page, 'Export with proofs');
    await page
      .getByText(
        'Saved 5 events, each with the proof that it is in the signed log. The file does not prove that no event is missing.',
      )
      .waitFor();
    await untilFocused(page, 'Export with proofs (NDJSON)');
    expect(text.split('\n')).toHaveLength(7);
    expect(text).not.toContain('"actor":"bob"');
    const directory = temporaryDirectory();
    const [file, key] = [join(directory, 'history.ndjson'), join(directory, 'keyledger.pub')];
    const { data } = await client(auditor).send<{ checkpoint: { publicKey: string } }>('{ checkpoint { publicKey } }');
    writeFileSync(key, data?.checkpoint.publicKey ?? '');
    writeFileSync(file, text);
    const verified = await keyledger(['verify-log', file, '--public-key', key]);
    expect(verified).toMatchObject({ code: 0 });
    expect(verified.stdout).toContain('5 events: each is unchanged since it was signed');
    writeFileSync(file, text.replace('"actor":"ada"', '"actor":"bob"'));
    expect(await keyledger(['verify-log', file, '--public-key', key])).toMatchObject({ code: 1 });
  });

  it('says that an export without a filter holds all events', async () => {
    const { page } = await openDashboard(client(auditor), { path: '/history' });
    // Other tests of this log may have added some events.
    await page.locator('td.what > span').nth(9).waitFor();
    await saved(page, 'Export with proofs');
    await page
      .getByText(/^Saved \d+ events, each with the proof that it is in the signed log\. They are all of its events\./)
      .waitFor();
  });

  it('saves nothing if a proof of the server is wrong', async () => {
    const { page } = await openDashboard(client(one), { path: '/history' });
    await untilRows(page, 5);
    await page.route('**/graphql', async (route) => {
      if (!route.request().postData()?.includes('HistoryPage')) return route.fallback();
      const response = await route.fetch();
      await route.fulfill({ response, body: (await response.text()).replace('key 0', 'key X') });
    });
    await page.getByRole('button', { name: 'Export with proofs' }).click();
    await page.getByRole('alert').getByText('is not in the signed log').waitFor();
  });

  it('exports a CSV file in which no cell is a formula', async () => {
    const owner = await server.client();
    const name = '=HYPERLINK("http://evil.example";"a")';
    await owner.newKey({ name });
    await owner.newKey({ name: 'a;"@SUM(1)' });
    const { page } = await openDashboard(owner, { path: '/history' });
    await untilRows(page, 2);
    const text = await saved(page, 'Export without proofs');
    const [head, ...lines] = text.split('\r\n');
    expect(head).toBe('at,type,account,version,actor,keyId,name,eventId,correlationId,data');
    expect(lines).toHaveLength(3);
    expect(lines[0]).toContain(`"'${name.replaceAll('"', '""')}"`);
    expect(text).not.toMatch(/[,;|\t\n](?!["\s]*')["\s]*[=+@-]/);
  });

  it.each(['/history', '/reads'])('can be used by everybody: %s', async (path) => {
    const { page, complaints } = await openDashboard(client(auditor), {
      path: `${path}?actor=${path === '/reads' ? 'eve' : 'ada'}`,
    });
    if (path === '/reads') await untilRead(page, page.locator('tbody tr'));
    await page.locator('tbody tr').first().waitFor();
    await expectUsable(page, `auditors ${path}`);
    expect(complaints).toEqual([]);
  });
});
