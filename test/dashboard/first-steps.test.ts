import type { Page } from 'playwright-core';
import { run } from '../cli/run.js';
import { expectUsable } from '../support/accessibility.js';
import { describeInBrowserWhenLong, openDashboard } from '../support/browser.js';
import { temporaryDirectory } from '../support/cleanup.js';
import { createKey, keepSecret } from '../support/dashboard.js';
import { type Server, startServer } from '../support/server.js';
import { isToolInstalled } from '../support/tools.js';

/** Each language that the page shows code in, what runs it, how to run it here, and what it prints for that account. */
const LANGUAGES: [language: string, tool: string, run: (code: string) => string[], printed: (account: string) => RegExp][] = [
  [
    'curl',
    'curl',
    (code) => ['bash', '-c', code],
    (account) => new RegExp(`^HTTP/1.1 200 [^]*x-keyledger-account: ${account}\\r`),
  ],
  [
    'JavaScript',
    'node',
    (code) => ['node', '--input-type=module', '--eval', code],
    (account) => new RegExp(`^200 ${account}\\n$`),
  ],
  ['Python', 'python3', (code) => ['python3', '-c', code], (account) => new RegExp(`^200 ${account}\\n$`)],
];

describeInBrowserWhenLong('the first steps of an owner', () => {
  let server: Server;
  beforeAll(async () => {
    server = await startServer(temporaryDirectory());
  });

  const steps = (page: Page) => page.getByRole('region', { name: 'Get started' });

  it('lead from nothing to a key that works: the code runs as it is shown, in each language, until the key was used', async () => {
    const owner = await server.client();
    const { page } = await openDashboard(owner);
    await steps(page).waitFor();
    const { keyId, secret } = await createKey(page, 'first');
    await keepSecret(page);
    await steps(page).getByText('Done').waitFor();
    await expectUsable(page, 'first steps');
    const env = { KEYLEDGER_KEY_ID: keyId, KEYLEDGER_SECRET: secret };
    for (const [language, tool, commandOf, printed] of LANGUAGES) {
      if (!isToolInstalled(tool)) continue;
      await steps(page).getByRole('button', { name: language, exact: true }).click();
      const code = (await steps(page).locator('pre').textContent()) ?? '';
      const [command = '', ...args] = commandOf(code);
      const { code: exit, stdout } = await run(command, args, env);
      expect({ exit, stdout }).toEqual({ exit: 0, stdout: expect.stringMatching(printed(owner.account)) });
    }
    while (!(await isUsed(page))) await page.reload();
    expect(await steps(page).count()).toBe(0);
  });

  /** True if the page says that the key was used. */
  const isUsed = async (page: Page) => {
    const used = page.locator('td[data-label="Last used"]');
    await used.waitFor();
    return (await used.textContent()) !== 'never';
  };

  it('are hidden for good by a button', async () => {
    const { page } = await openDashboard(await server.client());
    await steps(page).getByRole('button', { name: 'Hide' }).click();
    expect(await steps(page).count()).toBe(0);
    await page.reload();
    await page.getByRole('heading', { name: 'You have no API keys yet' }).waitFor();
    expect(await steps(page).count()).toBe(0);
  });

  it('do not bother somebody whose keys are in use', async () => {
    const owner = await server.client();
    const { page } = await openDashboard(owner, { path: '/history' });
    await owner.newKey({ name: 'used' });
    await page.route('**/graphql', async (route) => {
      const response = await route.fetch();
      const body = (await response.text()).replace('"lastUsedAt":null', `"lastUsedAt":"${new Date().toISOString()}"`);
      await route.fulfill({ response, body });
    });
    await page.getByRole('link', { name: 'API keys' }).click();
    await page.getByRole('row', { name: /^used/ }).waitFor();
    expect(await steps(page).count()).toBe(0);
  });
});
