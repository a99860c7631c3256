import { join } from 'node:path';
import type { Locator, Page, Request } from 'playwright-core';
import type { Client } from './client.js';

/** Asks for a key through the page; resolves with the dialog that asks, whatever becomes of it. */
export async function askForKey(page: Page, name: string): Promise<Locator> {
  await page.getByRole('button', { name: 'Create', exact: true }).click();
  const dialog = page.getByRole('dialog', { name: 'Create an API key' });
  await dialog.getByLabel('Name').fill(name);
  await dialog.getByRole('button', { name: 'Create' }).click();
  return dialog;
}

/** Creates a key through the page; resolves with the secret that its dialog shows, which stays open. */
export async function createKey(page: Page, name: string): Promise<{ keyId: string; secret: string }> {
  await askForKey(page, name);
  return readSecret(page);
}

/** What the open dialog shows of a new key. */
export async function readSecret(page: Page): Promise<{ keyId: string; secret: string }> {
  const shown = page.getByRole('dialog').locator('code[data-secret]').first();
  await shown.waitFor();
  const keyId = await page.getByRole('dialog').locator('code').first().textContent();
  return { keyId: keyId ?? '', secret: (await shown.textContent()) ?? '' };
}

/** Closes the dialog with the secret, as somebody who has kept it. */
export async function keepSecret(page: Page): Promise<void> {
  const dialog = page.getByRole('dialog');
  await dialog.getByRole('button', { name: 'Copy secret' }).click();
  await dialog.getByRole('button', { name: 'Done' }).click();
  await dialog.waitFor({ state: 'detached' });
}

/** The names in the table, the oldest key first. */
export function namesIn(page: Page): Promise<string[]> {
  return page.locator('tbody th .name').allTextContents();
}

/** Waits until the table shows these names. */
export async function untilNames(page: Page, names: string[]): Promise<void> {
  await page.waitForFunction((expected) => {
    const shown = [...document.querySelectorAll('tbody th .name')].map((element) => element.textContent);
    return JSON.stringify(shown) === expected;
  }, JSON.stringify(names));
}

/** Keeps a picture of the page, for people to look at, where `KEYLEDGER_TEST_PICTURES` names a directory for it. */
export async function picture(page: Page, ...names: string[]): Promise<void> {
  const directory = process.env.KEYLEDGER_TEST_PICTURES;
  if (directory) await page.screenshot({ path: join(directory, `${names.join(' ').replaceAll(/\W+/g, '-')}.png`) });
}

/** Has an even number of events happen to the owner's account, and leaves it without keys. */
export async function fill(owner: Client, count: number): Promise<Client> {
  for (let made = 0; made < count; made += 2) {
    const { key } = await owner.newKey({ name: `key ${made}` });
    await owner.deleteKey(key.keyId);
  }
  return owner;
}

/** Has the page believe that somebody looks at it again. */
export function becomeVisible(page: Page): Promise<unknown> {
  return page.evaluate(() => document.dispatchEvent(new Event('visibilitychange')));
}

/** Whether a page asks with this document of ours. */
export function asks(request: Request, operation: string): boolean {
  return new RegExp(`(query|mutation|subscription) ${operation}\\b`).test(request.postData() ?? '');
}

export interface HeldAnswer {
  /** Resolves once the server has done what it was asked. */
  given: Promise<void>;
  /** Lets the page have the answer. */
  release: () => void;
}

/** Holds the next answer to this document back, as a slow network does. */
export async function holdAnswer(page: Page, operation: string): Promise<HeldAnswer> {
  let [give, release] = [() => {}, () => {}];
  const given = new Promise<void>((resolve) => {
    give = resolve;
  });
  const released = new Promise<void>((resolve) => {
    release = resolve;
  });
  let held = false;
  await page.route('**/graphql', async (route) => {
    if (held || !asks(route.request(), operation)) return route.fallback();
    held = true;
    const response = await route.fetch();
    give();
    await released;
    // The page may no longer wait for it.
    await route.fulfill({ response }).catch(() => {});
  });
  return { given, release };
}

/** Has the feed of a page never begin, from the next page on. */
export function withoutFeed(page: Page): Promise<unknown> {
  return page.route('**/graphql', (route) => (asks(route.request(), 'LatestEvent') ? route.abort() : route.fallback()));
}
