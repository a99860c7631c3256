import { setTimeout as delay } from 'node:timers/promises';
import type { Page } from 'playwright-core';
import { describeInBrowserWhenLong, openDashboard, signIn } from '../support/browser.js';
import { listen } from '../support/fronts.js';
import { openWorld } from '../support/world.js';

interface Request {
  query: string;
  token?: string;
  /** True if the browser is to send its cookies. */
  withCookies?: boolean;
}

/** A page of another server. The addresses of the tests differ in their ports, and cookies do not know ports. */
async function openFrontend() {
  const site = `http://${await listen((_, response) => response.setHeader('content-type', 'text/html').end('<title>a frontend</title>'))}`;
  const open = async () => (await openDashboard({ url: site }, { path: '/', clipboard: false, isNew: true })).page;
  return { site, open };
}

/** Sends a request as a script of the page does. Resolves with the answer, or with `refused` if the browser does not show it one. */
function send(page: Page, url: string, request: Request): Promise<unknown> {
  return page.evaluate(
    async ([address, { query, token, withCookies }]) => {
      try {
        const answer = await fetch(`${address}/graphql`, {
          method: 'POST',
          headers: { 'content-type': 'application/json', ...(token && { authorization: `Bearer ${token}` }) },
          body: JSON.stringify({ query }),
          credentials: withCookies ? 'include' : 'omit',
        });
        return await answer.json();
      } catch {
        return 'refused';
      }
    },
    [url, request] as const,
  );
}

/** Follows the events of the account from the page. Returns the versions that it has received. */
async function follow(page: Page, url: string, token: string): Promise<number[]> {
  const versions: number[] = [];
  await page.exposeFunction('onVersion', (version: number) => versions.push(version));
  await page.evaluate(
    ([address, bearer]) => {
      const read = async () => {
        const answer = await fetch(`${address}/graphql`, {
          method: 'POST',
          headers: { 'content-type': 'application/json', accept: 'text/event-stream', authorization: `Bearer ${bearer}` },
          body: JSON.stringify({ query: 'subscription { events { node { version } } }' }),
        });
        const reader = answer.body?.pipeThrough(new TextDecoderStream()).getReader();
        for (let part = await reader?.read(); part && !part.done; part = await reader?.read())
          for (const [, version] of part.value.matchAll(/"version":(\d+)/g))
            Reflect.get(globalThis, 'onVersion')(Number(version));
      };
      void read();
    },
    [url, token] as const,
  );
  return versions;
}

async function until(versions: number[], count: number): Promise<void> {
  while (versions.length < count) await delay(25);
}

const CREATE = 'mutation { createKey(input: { name: "from afar" }) { __typename } }';
const COUNT = '{ account { activeKeyCount } }';

describeInBrowserWhenLong('a page of another origin', () => {
  it('uses the API with a bearer token, the live feed included, if the settings allow its origin', async () => {
    const { site, open } = await openFrontend();
    const world = await openWorld({ env: { KEYLEDGER_ALLOWED_ORIGINS: site } });
    const { token } = await world.client({});
    const page = await open();
    const versions = await follow(page, world.url, token);
    expect(await send(page, world.url, { query: CREATE, token })).toEqual({
      data: { createKey: { __typename: 'CreateKeyPayload' } },
    });
    await until(versions, 1);
    expect(await send(page, world.url, { query: CREATE, token })).toMatchObject({ data: {} });
    await until(versions, 2);
    expect(versions).toEqual([1, 2]);
    expect(await send(page, world.url, { query: COUNT, token: 'wrong' })).toMatchObject({
      errors: [{ extensions: { code: 'UNAUTHENTICATED' } }],
    });
  });

  it('never acts with the session of the dashboard, even where the browser sends its cookie', async () => {
    const { site, open } = await openFrontend();
    const world = await openWorld({ env: { KEYLEDGER_ALLOWED_ORIGINS: site } });
    const client = await world.client({});
    const page = await open();
    await signIn(page.context(), client);
    expect(await send(page, world.url, { query: CREATE, withCookies: true })).toBe('refused');

    // A request without a preflight is sent. That the browser adds the cookie is seen at a server of no other use.
    const cookies: (string | undefined)[] = [];
    const witness = `http://${await listen(({ headers }, response) => response.end(String(cookies.push(headers.cookie))))}`;
    for (const url of [witness, `${world.url}/graphql`])
      await page.evaluate(
        ([address, body]) => fetch(address, { method: 'POST', mode: 'no-cors', credentials: 'include', body }),
        [url, JSON.stringify({ query: CREATE })] as const,
      );
    expect(cookies).toEqual([expect.stringContaining('keyledger_session')]);
    expect((await client.readAccount()).activeKeyCount).toBe(0);
  });

  it('reads nothing if the settings allow another origin alone', async () => {
    const { open } = await openFrontend();
    const world = await openWorld({ env: { KEYLEDGER_ALLOWED_ORIGINS: 'https://app.example.com' } });
    const client = await world.client({});
    const page = await open();
    expect(await send(page, world.url, { query: CREATE, token: client.token })).toBe('refused');
    expect((await client.readAccount()).activeKeyCount).toBe(0);
  });
});
