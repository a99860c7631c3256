import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import type { Locator, Page, Request } from 'playwright-core';
import { CreateKeyDocument } from '../../src/client/gql/graphql.js';
import type { Client } from './client.js';
import { untilProjected } from './readiness.js';

/** Requests a key through the page. Resolves with the request's dialog, whatever the result. */
export async function askForKey(page: Page, name: string): Promise<Locator> {
  await page.getByRole('button', { name: 'Create', exact: true }).click();
  const dialog = page.getByRole('dialog', { name: 'Create an API key' });
  await dialog.getByLabel('Name').fill(name);
  await dialog.getByRole('button', { name: 'Create' }).click();
  return dialog;
}

/** Creates a key through the page. Resolves with the secret in its dialog, which stays open. */
export async function createKey(page: Page, name: string): Promise<{ keyId: string; secret: string }> {
  await askForKey(page, name);
  return readSecret(page);
}

/** Reads the new key from the open dialog. */
export async function readSecret(page: Page): Promise<{ keyId: string; secret: string }> {
  const shown = page.getByRole('dialog').locator('code[data-secret]').first();
  await shown.waitFor();
  const keyId = await page.getByRole('dialog').locator('code').first().textContent();
  return { keyId: keyId ?? '', secret: (await shown.textContent()) ?? '' };
}

/** Closes the dialog with the secret, confirming that it was kept. */
export async function keepSecret(page: Page): Promise<void> {
  const dialog = page.getByRole('dialog');
  await dialog.getByRole('button', { name: 'Copy secret' }).click();
  await dialog.getByRole('button', { name: 'Done' }).click();
  await dialog.waitFor({ state: 'detached' });
}

/** Copies by that button. */
export function copyBy(button: Locator): Promise<void> {
  return whileReported(button.page(), 'Copied', () => button.click());
}

/** Does that, and waits until a button has reported this. The page shows it only for a moment, so the page itself looks at every change. */
export async function whileReported(page: Page, report: string, act: () => Promise<unknown>): Promise<void> {
  const reported = await page.evaluateHandle((report) => {
    const isShown = () => [...document.querySelectorAll('.copy [role="status"]')].some((each) => each.textContent === report);
    const seen = new Promise<void>((resolve) => {
      const observer = new MutationObserver(() => {
        if (!isShown()) return;
        observer.disconnect();
        resolve();
      });
      observer.observe(document, { subtree: true, childList: true, characterData: true });
    });
    return { seen };
  }, report);
  await act();
  await reported.evaluate(({ seen }) => seen);
  await reported.dispose();
}

/** Lets the page show until they are dismissed what it otherwise shows for ten seconds, until it is loaded again. */
export function keepToasts(page: Page): Promise<unknown> {
  return page.evaluate(() => {
    const begin = setTimeout;
    const isLong = (delay: unknown) => typeof delay === 'number' && delay >= 10_000;
    Object.assign(globalThis, {
      setTimeout: (...timer: Parameters<typeof begin>) => (isLong(timer[1]) ? 0 : begin(...timer)),
    });
  });
}

/** Waits until the page says that it has done this. Its feed may show the change before. */
export async function untilSaid(page: Page, text: string): Promise<void> {
  await page.waitForFunction((text) => document.querySelector('.said')?.textContent === text, text);
}

/** Waits until the element with this name has the focus. */
export async function untilFocused(page: Page, name: string): Promise<void> {
  await page.waitForFunction((name) => {
    const element = document.activeElement;
    return (element?.getAttribute('aria-label') ?? element?.textContent) === name;
  }, name);
}

/** On how many lines the text of this element stands. */
export function linesOf(element: Locator): Promise<number> {
  return element.evaluate((element) => {
    const range = document.createRange();
    range.selectNodeContents(element);
    return new Set([...range.getClientRects()].map(({ top }) => Math.round(top))).size;
  });
}

/** Waits until the API tells when the owner's first key was last used. From then on, the page asks for its name before it deletes it. */
export async function untilUsed(owner: Client): Promise<void> {
  for (;;) {
    const { data } = await owner.send<{ account: { keys: { lastUsedAt: string | null }[] } }>(
      '{ account { keys { lastUsedAt } } }',
    );
    if (data?.account.keys[0]?.lastUsedAt) return;
    await delay(100);
  }
}

/** Reloads the page. Resolves once it begins to follow the account: whatever happens from then on, its feed reports. */
export async function followed(page: Page): Promise<void> {
  let isNew = false;
  page.once('framenavigated', () => {
    isNew = true;
  });
  const feed = page.waitForRequest((request) => isNew && asks(request, 'NewEvents'));
  await page.reload();
  await feed;
}

/** Creates a key that ends after three seconds; on a machine so busy that it would have ended before it is created, one that ends later. */
export async function newShortKey(owner: Client): Promise<void> {
  for (let lifetime = 3000; ; lifetime *= 2) {
    const input = { name: 'short', expiresAt: new Date(Date.now() + lifetime).toISOString() };
    const { data, errors } = await owner.send(CreateKeyDocument, { input });
    if (data) return;
    if (errors?.[0]?.extensions?.path?.join() !== 'input.expiresAt') throw new Error(JSON.stringify(errors));
  }
}

/** Waits until the table shows these names. */
export async function untilNames(page: Page, names: string[]): Promise<void> {
  await page.waitForFunction((expected) => {
    const shown = [...document.querySelectorAll('tbody th .name')].map((element) => element.textContent);
    return JSON.stringify(shown) === expected;
  }, JSON.stringify(names));
}

/** Saves a screenshot of the page, for people, if `KEYLEDGER_TEST_PICTURES` names a directory for it. */
export async function picture(page: Page, ...names: string[]): Promise<void> {
  const directory = process.env.KEYLEDGER_TEST_PICTURES;
  if (directory) await page.screenshot({ path: join(directory, `${names.join(' ').replaceAll(/\W+/g, '-')}.png`) });
}

/** Adds an even number of events to the owner's account, and leaves it without keys. Resolves once the history holds them. */
export async function fill(owner: Client, count: number): Promise<Client> {
  for (let made = 0; made < count; made += 2) {
    const { key } = await owner.newKey({ name: `key ${made}` });
    await owner.deleteKey(key.keyId);
  }
  await untilProjected(owner);
  return owner;
}

/** Makes the page believe that it has become visible again. */
export function becomeVisible(page: Page): Promise<unknown> {
  return page.evaluate(() => document.dispatchEvent(new Event('visibilitychange')));
}

/** True if the request contains this document of ours. */
export function asks(request: Request, operation: string): boolean {
  return new RegExp(`(query|mutation|subscription) ${operation}\\b`).test(request.postData() ?? '');
}

export interface HeldAnswer {
  /** Resolves once the server has executed the request. */
  given: Promise<void>;
  /** Delivers the answer to the page. */
  release: () => void;
}

/** Holds back the next answer to this document, or to one of its requests, like a slow network. */
export async function holdAnswer(
  page: Page,
  operation: string,
  isMeant: (request: Request) => boolean = () => true,
): Promise<HeldAnswer> {
  let [give, release] = [() => {}, () => {}];
  const given = new Promise<void>((resolve) => {
    give = resolve;
  });
  const released = new Promise<void>((resolve) => {
    release = resolve;
  });
  let held = false;
  await page.route('**/graphql', async (route) => {
    if (held || !asks(route.request(), operation) || !isMeant(route.request())) return route.fallback();
    held = true;
    const response = await route.fetch();
    give();
    await released;
    // The page may no longer wait for it.
    await route.fulfill({ response }).catch(() => {});
  });
  return { given, release };
}

/** Prevents the page's feed from starting, from the next page load on. The server still answers it. */
export function withoutFeed(page: Page): Promise<unknown> {
  const refusal = { errors: [{ message: 'Not now.', extensions: { code: 'RATE_LIMITED' } }] };
  return page.route('**/graphql', (route) =>
    asks(route.request(), 'LatestEvent') ? route.fulfill({ json: refusal }) : route.fallback(),
  );
}

/**
 * Lets the page's first two requests of this document fail: it asks when it is opened, and once more when it begins to follow its account.
 * Without a feed, it then asks for nothing by itself. Resolves with a promise of the second failure.
 */
export async function failAtFirst(page: Page, operation: string): Promise<{ failed: Promise<void> }> {
  let fail = () => {};
  const failed = new Promise<void>((resolve) => {
    fail = resolve;
  });
  let asked = 0;
  await page.route('**/graphql', async (route) => {
    if (!asks(route.request(), operation) || asked === 2) return route.fallback();
    asked += 1;
    await route.abort('connectionrefused');
    if (asked === 2) fail();
  });
  return { failed };
}
