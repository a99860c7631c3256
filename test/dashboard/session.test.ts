import { setTimeout as delay } from 'node:timers/promises';
import { describeInBrowser, openDashboard, signIn } from '../support/browser.js';
import { temporaryDirectory } from '../support/cleanup.js';
import { askForKey, asks, becomeVisible, createKey, keepSecret, readSecret, untilNames } from '../support/dashboard.js';
import { itWhenLong } from '../support/long.js';
import { type Server, startServer } from '../support/server.js';

/** How long a session lasts that is to end on an open page, in seconds: longer than a busy machine takes to open it. */
const SHORT = 20;

describeInBrowser('a session', () => {
  let server: Server;
  beforeAll(async () => {
    server = await startServer(temporaryDirectory());
  });

  it('says when it has ended, changes nothing then, and keeps a secret on the page', async () => {
    const owner = await server.client();
    const { page, context } = await openDashboard(owner);
    const { secret } = await createKey(page, 'lasting');
    await context.clearCookies();
    await becomeVisible(page);
    await page.getByRole('dialog').getByText('Your session has ended.').waitFor();
    expect((await readSecret(page)).secret).toBe(secret);
    await keepSecret(page);
    await page.getByRole('button', { name: 'Delete lasting' }).click();
    await page.getByRole('button', { name: 'Delete permanently' }).click();
    const alert = page.getByRole('alertdialog').getByRole('alert');
    expect(await alert.textContent()).toBe('Your session had ended, so this request has changed nothing.');
    const link = page.getByRole('alertdialog').getByRole('link', { name: 'Sign in again' });
    expect(await link.getAttribute('href')).toBe('/auth/sign-in?returnTo=%2Fsettings%2Fapi-keys');
    expect((await owner.readAccount()).keys).toHaveLength(1);
  });

  it('leads to the sign-in from within a dialog, which keeps what was typed and then goes on', async () => {
    const owner = await server.client();
    const { page, context } = await openDashboard(owner);
    await page.getByRole('heading', { name: 'You have no API keys yet' }).waitFor();
    await context.clearCookies();
    const dialog = await askForKey(page, 'typed before');
    const opened = context.waitForEvent('page');
    const link = dialog.getByRole('link', { name: 'Sign in again' });
    await link.click();
    await (await opened).close();
    await signIn(context, owner);
    await becomeVisible(page);
    await link.waitFor({ state: 'detached' });
    expect(await dialog.textContent()).not.toContain('session has ended');
    await dialog.getByRole('button', { name: 'Create' }).click();
    await readSecret(page);
    expect((await owner.readAccount()).keys.map(({ name }) => name)).toEqual(['typed before']);
  });

  itWhenLong('says so on a page that asks for nothing, as soon as its token is over', async () => {
    const { page } = await openDashboard(await server.client(undefined, { ttl: SHORT }));
    await page.getByRole('heading', { name: 'You have no API keys yet' }).waitFor();
    await page.getByText('Your session has ended.').waitFor();
    expect(await page.getByRole('heading', { name: 'You have no API keys yet' }).count()).toBe(1);
  });

  itWhenLong('ends on a page of one account where its browser signs in to another, and shows nothing of that', async () => {
    const [ada, eve] = [await server.client(), await server.client()];
    await ada.newKey({ name: 'of ada' });
    await eve.newKey({ name: 'of eve' });
    const { page, context } = await openDashboard(ada);
    await untilNames(page, ['of ada']);
    await signIn(context, eve);
    await becomeVisible(page);
    await page.getByText('Your session has ended.').waitFor();
    await untilNames(page, ['of ada']);
    const told = page.waitForResponse((response) => asks(response.request(), 'Viewer'));
    await becomeVisible(page);
    await told;
    await delay(100);
    expect(await page.getByText('Your session has ended.').count()).toBe(1);
    await page.reload();
    await untilNames(page, ['of eve']);
  });

  itWhenLong('goes on where it was when the same viewer has signed in again, in another tab', async () => {
    const owner = await server.client();
    await owner.newKey({ name: 'before' });
    const { page, context } = await openDashboard(await server.client(owner.account, { ttl: SHORT }));
    await untilNames(page, ['before']);
    await page.getByText('Your session has ended.').waitFor();
    await owner.newKey({ name: 'meanwhile' });
    await signIn(context, owner);
    await becomeVisible(page);
    await page.getByText('Your session has ended.').waitFor({ state: 'detached' });
    await untilNames(page, ['before', 'meanwhile']);
    await owner.deleteKey((await owner.readAccount()).keys[0]?.keyId ?? '');
    await untilNames(page, ['meanwhile']);
  });

  itWhenLong('begins on a page that asks for it when somebody has signed in, in another tab', async () => {
    const { page, context } = await openDashboard({ url: server.url });
    await page.getByRole('link', { name: 'Sign in' }).waitFor();
    await signIn(context, await server.client());
    await becomeVisible(page);
    await page.getByRole('heading', { name: 'You have no API keys yet' }).waitFor();
  });

  itWhenLong('says how to sign in to whoever is not', async () => {
    const { page, complaints } = await openDashboard({ url: server.url });
    await page.getByRole('link', { name: 'Sign in' }).waitFor();
    expect(await page.getByRole('table').count()).toBe(0);
    expect(complaints.filter((complaint) => !complaint.includes('401'))).toEqual([]);
  });
});
