import { expectUsable } from '../support/accessibility.js';
import { describeInBrowserWhenLong, openDashboard } from '../support/browser.js';
import { temporaryDirectory } from '../support/cleanup.js';
import { type Server, startServer } from '../support/server.js';

const PAGES = ['/docs', '/docs/reference/errors', '/docs/reference/graphql', '/docs/reference/events'];

describeInBrowserWhenLong('the documentation', () => {
  let server: Server;
  beforeAll(async () => {
    server = await startServer(temporaryDirectory());
  });

  it.each(PAGES)('can be used by everybody: %s', async (path) => {
    const { page, complaints } = await openDashboard({ url: server.url }, { path });
    await page.getByRole('heading', { level: 1 }).waitFor();
    await expectUsable(page, `documentation ${path}`);
    expect(complaints).toEqual([]);
  });

  it('has no page that scrolls sideways on a narrow screen', async () => {
    const { page } = await openDashboard({ url: server.url }, { path: '/docs', width: 360 });
    const menu = page.getByRole('navigation').getByRole('link', { includeHidden: true });
    const addresses = await menu.evaluateAll((links) => links.map((link) => link.getAttribute('href') ?? ''));
    expect(addresses).toContain('/docs/explanation/guard');
    const wide: string[] = [];
    for (const address of addresses) {
      await page.goto(`${server.url}${address}`);
      const excess = await page.locator('html').evaluate(({ scrollWidth, clientWidth }) => scrollWidth - clientWidth);
      if (excess > 0) wide.push(address);
    }
    expect(wide).toEqual([]);
  });

  it('is linked from a failure that it explains', async () => {
    const { page } = await openDashboard(await server.client());
    await page.getByRole('heading', { name: 'You have no API keys yet' }).waitFor();
    const errors = [{ message: 'Not now.', extensions: { code: 'STALE', docs: '/docs/errors#STALE' } }];
    await page.route('**/graphql', (route) => route.fulfill({ status: 503, json: { errors } }));
    await page.reload();
    const link = page.getByRole('link', { name: 'What this means' }).first();
    expect(await link.getAttribute('href')).toBe('/docs/errors#STALE');
  });

  it('is linked from the pages of the dashboard, and leads to what an error means', async () => {
    const { page } = await openDashboard(await server.client());
    await page.getByRole('link', { name: 'Documentation' }).click();
    await page.waitForURL((url) => url.pathname === '/docs');
    await page.getByRole('heading', { level: 1 }).waitFor();
    await page.goto(`${server.url}/docs/errors#STALE`);
    expect(page.url()).toBe(`${server.url}/docs/reference/errors#STALE`);
    await page.locator('#STALE:target').waitFor({ state: 'attached' });
  });
});
