import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import type { Page } from 'playwright-core';
import { keyledger } from '../cli/run.js';
import { expectUsable } from '../support/accessibility.js';
import { describeInBrowser, openDashboard, signIn } from '../support/browser.js';
import { newAccount, temporaryDirectory } from '../support/cleanup.js';
import type { Client } from '../support/client.js';
import { asks, becomeVisible } from '../support/dashboard.js';
import { itWhenLong } from '../support/long.js';
import { untilFilled } from '../support/readiness.js';
import { type Server, startServer } from '../support/server.js';

const PAGE = { path: '/analytics' };
/** Of the cards, the last two have no plot. */
const PLOTS = 9;
const TITLES = [
  'Active keys',
  'Keys created, deleted and rotated',
  'Why keys were deleted',
  'Accounts at the limit, and what it refused',
  'Verifications',
  'Lifetimes of keys',
  'Ages of active keys',
  'Time since active keys were used',
  'Time until active keys expire',
  'Rotations',
  'Accounts at the limit',
];

describeInBrowser('the analysts’ page', () => {
  let server: Server;
  let analyst: Client;
  beforeAll(async () => {
    const data = join(temporaryDirectory(), 'data');
    const { code, stderr } = await keyledger(['demo', '--accounts', '40', '--days', '120'], { KEYLEDGER_DATA: data });
    expect({ code, stderr }).toMatchObject({ code: 0 });
    server = await startServer(data);
    analyst = await server.client(newAccount(), { role: 'analyst' });
    await untilFilled(server);
  });

  const card = (page: Page, title: string) => page.getByRole('region', { name: title, exact: true });
  const untilDrawn = async (page: Page) => {
    for (const title of TITLES)
      await card(page, title)
        .getByText(/^As of /)
        .waitFor();
    await page.waitForFunction(
      (plots) => document.querySelector('.tiles') && document.querySelectorAll('.plot canvas').length === plots,
      PLOTS,
    );
  };
  /** The rows of the table behind a plot, without the thousands separators of its numbers. */
  const tableOf = async (page: Page, title: string) => {
    await card(page, title).getByText('As a table').first().click();
    const rows = await card(page, title).locator('.sheet tbody tr').all();
    return Promise.all(
      rows.map(async (row) => (await row.locator('td').allTextContents()).map((text) => text.replaceAll(',', ''))),
    );
  };
  const csvOf = async (page: Page, title: string) => {
    const [download] = await Promise.all([
      page.waitForEvent('download'),
      card(page, title).getByRole('button', { name: /^CSV/ }).click(),
    ]);
    return { name: download.suggestedFilename(), text: readFileSync(await download.path(), 'utf8') };
  };
  const choose = async (page: Page, choices: Record<string, string>) => {
    for (const [label, choice] of Object.entries(choices)) await page.getByLabel(label, { exact: true }).selectOption(choice);
    await page.getByRole('button', { name: 'Apply' }).click();
  };

  const linkTo = (page: Page) => page.getByRole('link', { name: 'Link to exactly these plots' });

  it('shows the totals that the API answers, and a plot with a table behind each', async () => {
    const { page, complaints } = await openDashboard(analyst, PAGE);
    await untilDrawn(page);
    const { data } = await analyst.send<{
      analytics: { totals: { activeKeys: number; keysCreated: number; verifications: number } };
    }>('{ analytics { totals { activeKeys keysCreated verifications } } }');
    const totals = data?.analytics.totals;
    const shown = await page.locator('.tiles dd').allTextContents();
    for (const figure of [totals?.activeKeys, totals?.keysCreated, totals?.verifications]) {
      expect(figure).toBeGreaterThan(0);
      expect(shown).toContain(figure?.toLocaleString('en'));
    }
    expect(complaints).toEqual([]);
  });

  itWhenLong.each([320, 700, 1200])('has room for totals of billions at %i pixels', async (width) => {
    const { page } = await openDashboard(analyst, { ...PAGE, width });
    await page.route('**/graphql', async (route) => {
      if (!asks(route.request(), 'Totals')) return route.fallback();
      const response = await route.fetch();
      const answer = await response.text();
      await route.fulfill({ response, body: answer.replace(/"verifications":\d+/, '"verifications":1234567890123') });
    });
    await page.reload();
    const figure = page.getByText('1,234,567,890,123');
    const isWhole = (element: HTMLElement) => element.scrollWidth <= element.clientWidth;
    expect(await figure.evaluate(isWhole)).toBe(true);
  });

  itWhenLong('has in table and file what the API answers for that time, interval and time zone', async () => {
    const { page } = await openDashboard(analyst, PAGE);
    await untilDrawn(page);
    await choose(page, { Time: 'the last 30 days', Interval: 'by week', 'Time zone': 'Asia/Katmandu' });
    await card(page, 'Keys created, deleted and rotated').getByText('+05:45').first().waitFor({ state: 'attached' });
    const rows = await tableOf(page, 'Keys created, deleted and rotated');
    const shown = new URL((await linkTo(page).getAttribute('href')) ?? '', server.url).searchParams;
    const answers = await Promise.all(
      ['KEYS_CREATED', 'KEYS_DELETED', 'KEYS_ROTATED'].map(async (metric) => {
        const [from, to] = [shown.get('from'), shown.get('to')];
        const asked = `metric: ${metric}, from: "${from}", to: "${to}", interval: WEEK, timeZone: "Asia/Kathmandu"`;
        const { data } = await analyst.send<{ analytics: { timeSeries: { points: { local: string; value: number }[] } } }>(
          `{ analytics { timeSeries(${asked}) { points { local value } } } }`,
        );
        return data?.analytics.timeSeries.points ?? [];
      }),
    );
    const expected = answers[0]?.map(({ local }, row) => [local, ...answers.map((points) => String(points[row]?.value))]);
    expect(rows).toEqual(expected);
    expect(rows.flat().some((value) => Number(value) > 0)).toBe(true);
    const csv = await csvOf(page, 'Keys created, deleted and rotated');
    expect(csv.name).toBe('keys-changed.csv');
    expect(csv.text).toBe(['From,Created,Deleted,Rotated', ...(expected ?? []).map((row) => row.join(',')), ''].join('\r\n'));
  });

  itWhenLong('says in the legend what the newest values are, without a pointer and after it has left', async () => {
    const { page } = await openDashboard(analyst, PAGE);
    await untilDrawn(page);
    const title = 'Keys created, deleted and rotated';
    const [, ...newest] = (await tableOf(page, title)).at(-1) ?? [];
    const untilNewest = async () => {
      const legend = await card(page, title).locator('.u-legend').elementHandle();
      await page.waitForFunction(
        ([legend, expected]) => {
          const values = [...(legend?.querySelectorAll('.u-series:not(:first-child) .u-value') ?? [])];
          return JSON.stringify(values.map(({ textContent }) => textContent?.replaceAll(',', ''))) === expected;
        },
        [legend, JSON.stringify(newest)] as const,
      );
    };
    await untilNewest();
    const plot = card(page, title).locator('.u-over');
    await plot.hover({ position: { x: 5, y: 50 } });
    await page.mouse.move(0, 0);
    await untilNewest();
  });

  itWhenLong('keeps the choice in the address, and links to exactly these plots', async () => {
    const { page } = await openDashboard(analyst, PAGE);
    await untilDrawn(page);
    await choose(page, { Time: 'the last 30 days', Interval: 'by week', 'Time zone': 'Asia/Katmandu' });
    await card(page, 'Active keys').getByText('+05:45').first().waitFor({ state: 'attached' });
    await page.reload();
    await untilDrawn(page);
    expect(await page.getByLabel('Interval', { exact: true }).inputValue()).toBe('WEEK');
    await card(page, 'Active keys').getByText('+05:45').first().waitFor({ state: 'attached' });
    const rows = await tableOf(page, 'Active keys');
    await linkTo(page).click();
    await page.waitForURL((url) => url.searchParams.has('from'));
    await untilDrawn(page);
    const address = new URL(page.url()).searchParams;
    expect([...address.keys()]).toEqual(['from', 'to', 'interval', 'timeZone']);
    expect(await tableOf(page, 'Active keys')).toEqual(rows);
    await page.goBack();
    await page.getByLabel('Time', { exact: true }).locator('option[value="30"]:checked').waitFor({ state: 'attached' });
  });

  itWhenLong(
    'leaves the times of a link as they are when another interval is chosen, also where the clocks show them twice',
    async () => {
      const { page, context } = await openDashboard(analyst, PAGE);
      const session = await context.newCDPSession(page);
      await session.send('Emulation.setTimezoneOverride', { timezoneId: 'Europe/Vilnius' });
      const times = { from: '2026-10-25T00:30:00.000Z', to: '2026-10-25T01:30:00.000Z' };
      await page.goto(`${server.url}/analytics?${new URLSearchParams(times)}`);
      for (const label of ['From', 'To'])
        expect(await page.getByLabel(label, { exact: true }).inputValue()).toBe('2026-10-25T03:30');
      await choose(page, { Interval: 'by the hour' });
      await page.waitForURL((url) => url.searchParams.get('interval') === 'HOUR');
      expect(Object.fromEntries(new URL(page.url()).searchParams)).toMatchObject(times);
      await session.detach();
    },
  );

  itWhenLong('says what is wrong with a time that ends before it begins, and goes on when that is mended', async () => {
    const { page } = await openDashboard(analyst, PAGE);
    await untilDrawn(page);
    await page.getByLabel('Time', { exact: true }).selectOption('from one time to another');
    await page.getByLabel('From', { exact: true }).fill('2026-11-20T00:00');
    await page.getByLabel('To', { exact: true }).fill('2026-11-10T00:00');
    await page.getByRole('button', { name: 'Apply' }).click();
    await card(page, 'Active keys')
      .getByText(/^from .* must be before to /)
      .waitFor();
    await page.getByLabel('From', { exact: true }).fill('2026-11-05T00:00');
    await page.getByRole('button', { name: 'Apply' }).click();
    await card(page, 'Active keys').getByRole('alert').waitFor({ state: 'detached' });
    expect(await tableOf(page, 'Active keys')).toHaveLength(5);
  });

  itWhenLong('turns the pages of the accounts at the limit both ways', async () => {
    const { page } = await openDashboard(analyst, PAGE);
    await untilDrawn(page);
    const accounts = card(page, 'Accounts at the limit');
    const names = () => accounts.locator('li code').allTextContents();
    const first = await names();
    expect(first).toHaveLength(10);
    await accounts.getByRole('button', { name: 'Next' }).click();
    await page.waitForFunction((name) => document.querySelector('.accounts code')?.textContent !== name, first[0]);
    expect((await names()).some((name) => first.includes(name))).toBe(false);
    await accounts.getByRole('button', { name: 'Previous' }).click();
    await page.waitForFunction((name) => document.querySelector('.accounts code')?.textContent === name, first[0]);
    expect(await names()).toEqual(first);
  });

  itWhenLong('comes back to the first accounts at the limit from a page that all have left meanwhile', async () => {
    const { page } = await openDashboard(analyst, PAGE);
    await untilDrawn(page);
    const accounts = card(page, 'Accounts at the limit');
    const first = await accounts.locator('li code').allTextContents();
    await page.route('**/graphql', async (route) => {
      if (!asks(route.request(), 'AccountsAtLimit') || !route.request().postDataJSON().variables.after) return route.fallback();
      const response = await route.fetch();
      const body = await response.json();
      const pageInfo = { hasNextPage: false, hasPreviousPage: true, startCursor: null, endCursor: null };
      Object.assign(body.data.analytics.accountsAtLimit, { edges: [], pageInfo });
      await route.fulfill({ response, json: body });
    });
    await accounts.getByRole('button', { name: 'Next' }).click();
    await accounts.locator('li').first().waitFor({ state: 'detached' });
    await accounts.getByRole('button', { name: 'Previous' }).click();
    await accounts.locator('li').first().waitFor();
    expect(await accounts.locator('li code').allTextContents()).toEqual(first);
  });

  itWhenLong('shows no account, name or key id', async () => {
    const auditor = await server.client(newAccount(), { role: 'auditor' });
    const { data } = await auditor.send<{
      events: { edges: { node: { account: string; actor: string; canonical: string } }[] };
    }>('{ events(first: 100) { edges { node { account actor canonical } } } }');
    const { page } = await openDashboard(analyst, PAGE);
    await untilDrawn(page);
    const content = await page.content();
    const marks =
      data?.events.edges.flatMap(({ node }) => [node.account, ...(node.canonical.match(/key_\w{22}/g) ?? [])]) ?? [];
    expect(marks.length).toBeGreaterThan(100);
    for (const mark of new Set(marks)) expect(content).not.toContain(mark);
  });

  itWhenLong('shows what was asked for while the session had ended, once it goes on', async () => {
    const { page, context } = await openDashboard(analyst, PAGE);
    await untilDrawn(page);
    await context.clearCookies();
    await choose(page, { Time: 'the last 30 days', Interval: 'by week' });
    await page.getByText('Your session has ended.').waitFor();
    await signIn(context, await server.client(analyst.account, { role: 'analyst', ttl: 1800 }));
    await becomeVisible(page);
    await page.getByText('Your session has ended.').waitFor({ state: 'detached' });
    const rows = card(page, 'Verifications').locator('.sheet tbody tr');
    while ((await rows.count()) > 6) await delay(50);
  });

  itWhenLong('can be used by everybody', async () => {
    const { page } = await openDashboard(analyst, PAGE);
    await untilDrawn(page);
    await tableOf(page, 'Verifications');
    await expectUsable(page, 'analytics');
  });
});
