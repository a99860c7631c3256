import { describeInBrowserWhenLong, openDashboard } from '../support/browser.js';
import { temporaryDirectory } from '../support/cleanup.js';
import { createKey, keepSecret } from '../support/dashboard.js';
import { freePort } from '../support/eventstoredb-server.js';
import { storedIn } from '../support/heap.js';
import { OpenIdProvider } from '../support/openid-provider.js';
import { type Server, startServer, written } from '../support/server.js';

/** The link that a server prints when it starts. */
async function linkOf(server: Server): Promise<string> {
  await written(server, /sign-in#\S+\n/);
  const [link = ''] = /http\S+\/sign-in#\S+/.exec(server.output()) ?? [];
  return link;
}

describeInBrowserWhenLong('signing in, from the first step to a key', () => {
  it('takes the link that the server prints, once, and keeps neither ticket nor token where a script could read it', async () => {
    const server = await startServer(temporaryDirectory());
    const link = await linkOf(server);
    const { page, context, complaints } = await openDashboard({ url: link }, { path: '' });
    await page.waitForURL('**/settings/api-keys');
    await createKey(page, 'first');
    await keepSecret(page);
    const [ticket = '', cookies] = [link.split('#')[1], await context.cookies()];
    expect(cookies).toMatchObject([{ name: 'keyledger_session', httpOnly: true, sameSite: 'Strict', path: '/' }]);
    expect(await page.evaluate(() => document.cookie)).toBe('');
    expect(complaints).toEqual([]);
    await context.clearCookies();
    const left = await storedIn(page);
    for (const part of [ticket, cookies[0]?.value ?? '']) expect(left.includes(part)).toBe(false);
    await page.goBack().catch(() => {});
    expect(page.url()).not.toContain(ticket);

    const second = await openDashboard({ url: link }, { path: '' });
    await second.page.getByRole('alert').waitFor();
    expect(await second.page.getByRole('alert').textContent()).toMatch(/link/);
    expect(await second.context.cookies()).toEqual([]);
    expect(server.output().split(ticket)).toHaveLength(2);
  });

  it('goes through an identity provider of its own, and comes back to the page that was asked for', async () => {
    const port = await freePort();
    const provider = await OpenIdProvider.create({ publicUrl: `http://127.0.0.1:${port}`, jwt: true });
    await provider.up();
    const server = await startServer(temporaryDirectory(), { ...provider.settings, PORT: `${port}` });
    const { page, context } = await openDashboard({ url: server.url }, { path: '/history' });
    await page.getByRole('link', { name: 'Sign in' }).click();
    await page.locator('input[name="login"]').fill('ada');
    await page.locator('input[name="password"]').fill('any');
    await page.locator('button[type="submit"]').click();
    await page.locator('button[type="submit"]').click();
    await page.waitForURL('**/history');
    await page.getByText('Nothing has happened yet.').waitFor();
    expect(await page.locator('.who').textContent()).toBe('adaacme');
    expect((await context.cookies(server.url)).map(({ name }) => name)).toContain('keyledger_session');
    await page.goto(`${server.url}/settings/api-keys`);
    await createKey(page, 'hers');
  });

  it('says why it failed at the identity provider, and lets the user try again', async () => {
    const port = await freePort();
    const provider = await OpenIdProvider.create({ publicUrl: `http://127.0.0.1:${port}`, jwt: true });
    const server = await startServer(temporaryDirectory(), { ...provider.settings, PORT: `${port}` });
    const { page } = await openDashboard({ url: server.url });
    await page.getByRole('link', { name: 'Sign in' }).click();
    await page.getByText('The identity provider cannot be reached').waitFor();
    await provider.up();
    await page.getByRole('link', { name: 'Sign in' }).click();
    await page.locator('input[name="login"]').waitFor();
  });
});
