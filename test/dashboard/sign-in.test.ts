import type { Page } from 'playwright-core';
import type { TicketHolder } from '../../src/auth/sign-in-tickets.js';
import { describeInBrowser, openDashboard } from '../support/browser.js';
import { temporaryDirectory } from '../support/cleanup.js';
import { itWhenLong } from '../support/long.js';
import { type Server, startServer } from '../support/server.js';
import { signInLink } from '../support/sign-in.js';

const ADA: TicketHolder = { subject: 'ada', account: 'acme', role: 'owner' };
const SIGN_IN = { path: '/sign-in?returnTo=%2Fhistory' };

describeInBrowser('signing in and out', () => {
  let server: Server;
  beforeAll(async () => {
    server = await startServer(temporaryDirectory());
  });

  const linkFor = (holder = ADA) => signInLink(server, holder);
  const untilAt = (page: Page, path: string) => page.waitForURL((url) => url.pathname === path);

  it('lets in by a link, which is redeemed once and of which the history of the browser keeps nothing, and out again', async () => {
    const { page, context, complaints } = await openDashboard({ url: server.url }, SIGN_IN);
    const link = await linkFor();
    const redeemed: string[] = [];
    const visited: string[] = [];
    page.on('request', (request) => request.url().endsWith('/auth/session') && redeemed.push(request.method()));
    page.on('framenavigated', (frame) => visited.push(frame.url()));
    await page.goto(link);
    await untilAt(page, '/settings/api-keys');
    await page.getByText('ada').first().waitFor();
    expect(redeemed).toEqual(['POST']);
    expect(visited.slice(1)).toEqual([`${server.url}/sign-in`, `${server.url}/settings/api-keys`]);
    expect(await context.cookies()).toMatchObject([{ name: 'keyledger_session', httpOnly: true, sameSite: 'Strict' }]);
    await page.getByRole('button', { name: 'Sign out' }).click();
    await page.getByRole('link', { name: 'Sign in' }).waitFor();
    expect(await context.cookies()).toEqual([]);
    await page.goBack();
    expect(page.url()).not.toContain('#');
    expect(complaints.filter((complaint) => !complaint.includes('401'))).toEqual([]);
  });

  itWhenLong.each<[role: TicketHolder['role'], path: string]>([
    ['owner', '/settings/api-keys'],
    ['auditor', '/history'],
    ['operator', '/accounts'],
    ['analyst', '/analytics'],
  ])('leads everybody to the first page that their role opens: %s', async (role, path) => {
    const { page } = await openDashboard({ url: server.url }, SIGN_IN);
    await page.goto(await linkFor({ ...ADA, role }));
    await untilAt(page, path);
    await page.goto(`${server.url}/verify`);
    await page.getByRole('link', { name: 'Keyledger' }).click();
    await untilAt(page, path);
    await page.goto(server.url);
    await untilAt(page, path);
  });

  itWhenLong('shows at the start how to sign in, and leads there', async () => {
    const { page, complaints } = await openDashboard({ url: server.url }, { path: '/' });
    await page.getByRole('link', { name: 'Sign in' }).click();
    await page.getByText('This Keyledger signs people in by a link').waitFor();
    expect(complaints.filter((complaint) => !complaint.includes('401'))).toEqual([]);
  });

  itWhenLong('says that a link is used up, and takes another in the same tab', async () => {
    const { page } = await openDashboard({ url: server.url }, SIGN_IN);
    await page.goto(`${server.url}/sign-in#used`);
    expect(await page.getByRole('alert').textContent()).toContain('works once, within 15 minutes');
    const told = (await page.locator('main').textContent()) ?? '';
    expect(told).not.toContain('`');
    expect(told.match(/keyledger sign-in-link[^.]*/g)).toEqual([
      'keyledger sign-in-link --role owner --account demo where it runs, with its settings',
    ]);
    await page.getByText('This Keyledger signs people in by a link').waitFor();
    expect(page.url()).toBe(`${server.url}/sign-in`);
    const link = await linkFor();
    await page.evaluate((link) => location.assign(link), link);
    await untilAt(page, '/settings/api-keys');
  });

  itWhenLong('lets in although nobody says afterwards who that was', async () => {
    const { page } = await openDashboard({ url: server.url }, SIGN_IN);
    await page.route('**/graphql', (route) => (page.url().endsWith('/sign-in') ? route.abort() : route.fallback()));
    await page.goto(await linkFor());
    await page.getByRole('heading', { name: 'API keys', exact: true }).waitFor();
  });

  itWhenLong.each([
    ['denied', 'The identity provider did not let you in.'],
    ['too-large', 'The token that the identity provider has issued is too large for a cookie.'],
    ['constructor', 'Signing in failed.'],
    ['call+1234567', 'Signing in failed.'],
  ])('says why a sign-in failed, in words of its own, and how to begin again: %s', async (code, said) => {
    const { page, complaints } = await openDashboard({ url: server.url }, { path: `/sign-in?error=${code}` });
    expect(await page.getByRole('alert').textContent()).toContain(said);
    expect(await page.getByRole('link', { name: 'Sign in' }).getAttribute('href')).toBe('/auth/sign-in');
    expect(await page.content()).not.toMatch(/call|signs people in by a link/);
    expect(complaints).toEqual([]);
  });

  itWhenLong('tells of links where people sign in by one, and of nothing that it does not know', async () => {
    const { page } = await openDashboard({ url: server.url }, { path: '/sign-in' });
    const signIn = page.getByRole('link', { name: 'Sign in' });
    await signIn.waitFor();
    expect(await page.getByText('This Keyledger signs people in by a link').count()).toBe(0);
    await signIn.click();
    await page.getByText('This Keyledger signs people in by a link').waitFor();
  });
});
