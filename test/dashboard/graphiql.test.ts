import type { Locator } from 'playwright-core';
import { describeInBrowserWhenLong, openDashboard } from '../support/browser.js';
import { temporaryDirectory } from '../support/cleanup.js';
import { picture } from '../support/dashboard.js';
import { ask } from '../support/http.js';
import { startServer } from '../support/server.js';

it.each([{}, { KEYLEDGER_GRAPHIQL: '0' }, { NODE_ENV: 'production' }])('is not there unless asked for: %j', async (env) => {
  const { url } = await startServer(temporaryDirectory(), env as Record<string, string>);
  for (const path of ['/graphiql', '/graphql']) {
    const response = await fetch(`${url}${path}`, { headers: { accept: 'text/html' } });
    expect(response.status).toBe(path === '/graphql' ? 401 : 404);
    expect(await response.text()).not.toMatch(/graphiql/i);
  }
});

it('is a page of our own files alone, asked for', async () => {
  const { url } = await startServer(temporaryDirectory(), { KEYLEDGER_GRAPHIQL: '1' });
  const { status, headers, body } = await ask(`${url}/graphiql`);
  expect(status).toBe(200);
  expect(headers).toMatchObject({
    'content-type': 'text/html; charset=utf-8',
    'content-security-policy':
      "default-src 'none'; script-src 'self'; style-src 'self' 'unsafe-inline'; font-src 'self' data:; img-src 'self' data:; connect-src 'self'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'",
    'referrer-policy': 'no-referrer',
    'x-content-type-options': 'nosniff',
  });
  const addresses = [...body.matchAll(/(?:src|href)="([^"]*)"/g)].map(
    ([, address = '']) => new URL(address, `${url}/graphiql`),
  );
  const foreign = [...body.matchAll(/(?:https?:)?\/\/[^\s"'<]+/g)].map(([address]) => address);
  expect({ foreign, origins: new Set(addresses.map(({ origin }) => origin)) }).toEqual({
    foreign: [],
    origins: new Set([url]),
  });
  expect(addresses.map(({ pathname }) => pathname)).toContainEqual(expect.stringMatching(/\.js$/));
  for (const { href } of addresses) expect([href, (await ask(href)).status]).toEqual([href, 200]);
});

describeInBrowserWhenLong('GraphiQL, asked for', () => {
  it('shows the schema and asks with the session, and loads nothing from elsewhere', async () => {
    const server = await startServer(temporaryDirectory(), { KEYLEDGER_GRAPHIQL: '1' });
    const client = await server.client();
    const { page, complaints } = await openDashboard(client, { path: '/graphiql' });
    const asked: string[] = [];
    page.on('request', (request) => asked.push(new URL(request.url()).origin));
    // GraphiQL keeps its tabs before it keeps their query: a page is left in between.
    await page.waitForFunction(() => localStorage.getItem('graphiql:tabState') !== null);
    await page.evaluate(() => localStorage.removeItem('graphiql:query'));
    await page.reload();
    await page.locator('.graphiql-query-editor', { hasText: 'query Viewer' }).waitFor();
    // The hint can be read without scrolling.
    const scrollbar = page.locator('.graphiql-query-editor .CodeMirror-hscrollbar');
    expect(await scrollbar.evaluate(({ scrollWidth, clientWidth }) => scrollWidth - clientWidth)).toBe(0);
    const answer = page.getByText(client.account).first();
    // GraphiQL ignores a click while its editors are loading. A click during the answer asks again.
    do await page.getByRole('button', { name: /execute query/i }).click();
    while (!(await isShown(answer)));
    await picture(page, 'graphiql');
    expect(new Set(asked.filter((origin) => origin !== 'null'))).toEqual(new Set([server.url]));
    expect(complaints).toEqual([]);
  });

  it('shows the answer below the query where both do not fit beside each other', async () => {
    const server = await startServer(temporaryDirectory(), { KEYLEDGER_GRAPHIQL: '1' });
    const { page } = await openDashboard(await server.client(), { path: '/graphiql', width: 360 });
    const boxOf = async (pane: string) => (await page.locator(pane).boundingBox()) ?? { x: 0, y: 0, width: 0, height: 0 };
    const query = await boxOf('.graphiql-editors');
    const answer = await boxOf('.graphiql-response');
    expect(answer.y).toBeGreaterThanOrEqual(query.y + query.height);
    for (const { x, width } of [query, answer]) {
      expect(width).toBeGreaterThan(240);
      expect(x + width).toBeLessThanOrEqual(360);
    }
  });
});

/** True if it appears within a while. */
function isShown(locator: Locator): Promise<boolean> {
  return locator.waitFor({ timeout: 10_000 }).then(
    () => true,
    () => false,
  );
}
