import type { Page, Route } from 'playwright-core';
import { describeInBrowser, openDashboard } from '../support/browser.js';
import { temporaryDirectory } from '../support/cleanup.js';
import {
  askForKey,
  asks,
  failAtFirst,
  holdAnswer,
  keepSecret,
  readSecret,
  untilFocused,
  untilNames,
  withoutFeed,
} from '../support/dashboard.js';
import { itWhenLong } from '../support/long.js';
import { type Server, startServer } from '../support/server.js';
import { statusOf } from '../support/verify.js';

describeInBrowser('a page whose network fails', () => {
  let server: Server;
  beforeAll(async () => {
    server = await startServer(temporaryDirectory());
  });

  /** Makes the next request of this operation fail in that way. */
  const failOnce = async (page: Page, operation: string, fail: (route: Route) => Promise<unknown>) => {
    let failed = false;
    await page.route('**/graphql', async (route) => {
      if (failed || !route.request().postData()?.includes(operation)) return route.fallback();
      failed = true;
      await fail(route);
    });
  };
  /** The server executes the request, but its answer is lost. */
  const loseAnswer = async (route: Route) => {
    await route.fetch();
    await route.abort('connectionreset');
  };
  const loseRequest = (route: Route) => route.abort('connectionrefused');
  const answer = (status: number, body: string) => (route: Route) => route.fulfill({ status, body });

  const askInVain = async (page: Page, name: string) => {
    const dialog = await askForKey(page, name);
    await dialog.getByText('The response was lost.').waitFor();
    return dialog;
  };

  it('says that a key was made whose secret nobody saw, and deletes it', async () => {
    const owner = await server.client();
    const { page } = await openDashboard(owner);
    await failOnce(page, 'createKey', loseAnswer);
    const dialog = await askInVain(page, 'unseen');
    expect(await dialog.textContent()).toContain('The key may have been created.');
    await dialog.getByRole('button', { name: 'Try again' }).click();
    const unseen = page.getByRole('alertdialog', { name: '“unseen” was created, but its secret was lost' });
    await unseen.waitFor();
    expect((await owner.readAccount()).keys).toMatchObject([{ name: 'unseen' }]);
    expect(await page.content()).not.toMatch(/kls_/);
    await unseen.getByRole('button', { name: 'Delete it' }).click();
    await page.getByRole('heading', { name: 'You have no API keys yet' }).waitFor();
    expect((await owner.readAccount()).keys).toEqual([]);
  });

  itWhenLong('shows the secret at the second try where the first never arrived', async () => {
    const owner = await server.client();
    const { page } = await openDashboard(owner);
    await failOnce(page, 'createKey', loseRequest);
    const dialog = await askInVain(page, 'second try');
    await dialog.getByRole('button', { name: 'Try again' }).click();
    const { keyId, secret } = await readSecret(page);
    await keepSecret(page);
    expect(await statusOf(server, { key: { keyId }, secret })).toBe(200);
    expect((await owner.readAccount()).keys).toHaveLength(1);
  });

  itWhenLong('says of a key that was asked for and left without an answer what it may be', async () => {
    const owner = await server.client();
    const { page } = await openDashboard(owner);
    await failOnce(page, 'createKey', loseAnswer);
    const dialog = await askInVain(page, 'left');
    await dialog.getByRole('button', { name: 'Leave' }).click();
    await page.getByText('may have been created. If it is in the list, its secret was never shown: delete it.').waitFor();
    await untilNames(page, ['left']);
    await untilFocused(page, 'Create');
  });

  itWhenLong.each([
    ['a proxy that answers for the server', answer(502, '<html>Bad gateway</html>')],
    ['a proxy that answers in JSON', answer(502, '{"errors":[{"status":"502"}]}')],
    ['an answer that holds nothing', answer(200, 'null')],
    [
      'a fault of the server',
      answer(200, JSON.stringify({ errors: [{ message: 'No.', extensions: { code: 'INTERNAL_SERVER_ERROR' } }] })),
    ],
    [
      'a store that did not say',
      answer(200, JSON.stringify({ errors: [{ message: 'Unknown.', extensions: { code: 'OUTCOME_UNKNOWN' } }] })),
    ],
  ])('takes %s for an outcome that is not known', async (_what, fail) => {
    const owner = await server.client();
    const { page } = await openDashboard(owner);
    await failOnce(page, 'createKey', fail);
    const dialog = await askInVain(page, 'unknown');
    await dialog.getByRole('button', { name: 'Try again' }).click();
    await readSecret(page);
  });

  itWhenLong('does not take back that a key may have been made because it is then refused an answer', async () => {
    const owner = await server.client();
    const { page } = await openDashboard(owner);
    await failOnce(page, 'createKey', loseAnswer);
    const dialog = await askInVain(page, 'doubtful');
    const limited = { errors: [{ message: 'Later.', extensions: { code: 'RATE_LIMITED' } }] };
    await failOnce(page, 'createKey', answer(200, JSON.stringify(limited)));
    await dialog.getByRole('button', { name: 'Try again' }).click();
    await dialog.getByText('Later.').waitFor();
    expect(await dialog.textContent()).toContain('The key may have been created.');
    await dialog.getByRole('button', { name: 'Try again' }).click();
    await page.getByRole('alertdialog', { name: '“doubtful” was created, but its secret was lost' }).waitFor();
  });

  itWhenLong('says that a part of the dashboard could not be loaded, and loads it again', async () => {
    const { page } = await openDashboard(await server.client(), { path: '/history' });
    await page.getByText('Nothing has happened yet.').waitFor();
    let fails = true;
    await page.route('**/KeysPage-*.js', (route) => (fails ? route.abort() : route.fallback()));
    await page.getByRole('link', { name: 'API keys' }).click();
    await page.getByText('This part of the page could not be loaded.').waitFor();
    expect(await page.getByRole('button', { name: 'Sign out' }).count()).toBe(1);
    fails = false;
    await page.getByRole('button', { name: 'Reload' }).click();
    await page.getByRole('heading', { name: 'You have no API keys yet' }).waitFor();
  });

  itWhenLong('lets nobody leave while a key is being made', async () => {
    const owner = await server.client();
    const { page } = await openDashboard(owner);
    const { given, release } = await holdAnswer(page, 'CreateKey');
    const dialog = await askForKey(page, 'slow');
    await given;
    await page.keyboard.press('Escape');
    expect(await dialog.getByRole('button', { name: 'Cancel' }).isDisabled()).toBe(true);
    release();
    await readSecret(page);
  });

  itWhenLong('has the browser ask before the page is left while a key may be made', async () => {
    const { page } = await openDashboard(await server.client());
    const { given, release } = await holdAnswer(page, 'CreateKey');
    await askForKey(page, 'awaited');
    await given;
    const asked = page.waitForEvent('dialog').then((dialog) => dialog.dismiss().then(() => dialog.type()));
    void page.reload().catch(() => {});
    expect(await asked).toBe('beforeunload');
    release();
    await readSecret(page);
    await keepSecret(page);
  });

  itWhenLong('says that a rotation whose answer was lost has made a key that nobody saw', async () => {
    const owner = await server.client();
    const old = await owner.newKey({ name: 'rotated' });
    const { page } = await openDashboard(owner);
    await failOnce(page, 'rotateKey', loseAnswer);
    await page.getByRole('button', { name: 'Rotate rotated' }).click();
    const dialog = page.getByRole('dialog');
    await dialog.getByRole('button', { name: 'Rotate' }).click();
    await dialog.getByRole('button', { name: 'Try again' }).click();
    await page.getByRole('alertdialog', { name: /its secret was lost/ }).waitFor();
    await page.getByRole('button', { name: 'Keep it' }).click();
    const { keys } = await owner.readAccount();
    expect(keys).toHaveLength(1);
    expect(keys[0]?.keyId).not.toBe(old.key.keyId);
  });

  itWhenLong('keeps a row until the server has said that its key is deleted', async () => {
    const owner = await server.client();
    await owner.newKey({ name: 'doomed' });
    const { page } = await openDashboard(owner);
    await failOnce(page, 'deleteKey', loseRequest);
    await page.getByRole('button', { name: 'Delete doomed' }).click();
    const dialog = page.getByRole('alertdialog');
    await dialog.getByRole('button', { name: 'Delete permanently' }).click();
    await dialog.getByRole('alert').waitFor();
    expect(await dialog.getByRole('alert').textContent()).toContain('The key may have been deleted.');
    await untilNames(page, ['doomed']);
    // The focused button was disabled meanwhile. Esc must still close the dialog.
    await page.keyboard.press('Escape');
    await dialog.waitFor({ state: 'detached' });
    await page.getByRole('button', { name: 'Delete doomed' }).click();
    await dialog.getByRole('button', { name: 'Delete permanently' }).click();
    await page.getByRole('heading', { name: 'You have no API keys yet' }).waitFor();
  });

  itWhenLong('says so where the keys cannot be loaded, and loads them when asked again', async () => {
    const owner = await server.client();
    await owner.newKey({ name: 'late' });
    const { page } = await openDashboard(owner, { path: '/history' });
    await withoutFeed(page);
    const { failed } = await failAtFirst(page, 'KeysPage');
    await page.goto(`${server.url}/settings/api-keys`);
    await failed;
    expect(await page.getByRole('alert').textContent()).toContain('could not be reached');
    await page.getByRole('button', { name: 'Try again' }).click();
    await untilNames(page, ['late']);
    expect(await page.getByRole('alert').count()).toBe(0);
  });

  itWhenLong('shows the keys although it is not known when they were used', async () => {
    const owner = await server.client();
    await owner.newKey({ name: 'unused' });
    const { page } = await openDashboard(owner, { path: '/history' });
    await page.route('**/graphql', async (route) => {
      if (!asks(route.request(), 'KeysPage')) return route.fallback();
      const response = await route.fetch();
      const errors = [{ message: 'Not yet.', path: ['account', 'keys', 0, 'lastUsedAt'], extensions: { code: 'NOT_READY' } }];
      await route.fulfill({ response, json: { ...(await response.json()), errors } });
    });
    await page.goto(`${server.url}/settings/api-keys`);
    await untilNames(page, ['unused']);
    expect(await page.getByRole('alert').count()).toBe(0);
  });

  itWhenLong('changes nothing while the browser is offline, says so, and catches up afterwards', async () => {
    const owner = await server.client();
    await owner.newKey({ name: 'here' });
    const { page, context } = await openDashboard(owner, { path: '/history' });
    await withoutFeed(page);
    await page.goto(`${server.url}/settings/api-keys`);
    await untilNames(page, ['here']);
    await context.setOffline(true);
    await page.getByText('You are offline.').waitFor();
    for (const name of [/^Create$/, /^Rotate here/, /^Delete here/]) {
      expect(await page.getByRole('button', { name }).isDisabled()).toBe(true);
    }
    await owner.newKey({ name: 'meanwhile' });
    await context.setOffline(false);
    await untilNames(page, ['here', 'meanwhile']);
  });
});
