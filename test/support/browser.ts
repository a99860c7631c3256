import type { Browser, BrowserContext, Page } from 'playwright-core';
import { CHROMIUM, type Engine, FIREFOX, start } from './browsers.js';
import { cleanUpAfterFile, cleanUpLater } from './cleanup.js';
import type { Client } from './client.js';
import { isLong } from './long.js';

/** How long to wait for the browser, in milliseconds: longer than a busy machine takes. */
const PATIENCE = 120_000;

/**
 * What Firefox reports as uncaught although no rejection is unhandled: of a page that is left while it reads its feed, and of a load that
 * is dropped while its answer goes through a pipe.
 */
const OF_STREAMS = /TypeError: Error in input stream|AbortError: The operation was aborted/;

/** The browser of the tests that are being defined, or that run. */
let engine = CHROMIUM;

/** Like `describe`, for tests that need a real browser. Without Chromium, it skips them with a message, or fails in CI. */
export function describeInBrowser(name: string, tests: () => void): void {
  describeIn(CHROMIUM, name, tests);
}

/** Like `describeInBrowser`; a long run has the tests in Firefox too. */
export function describeInEachBrowser(name: string, tests: () => void): void {
  describeIn(CHROMIUM, name, tests);
  if (isLong) describeIn(FIREFOX, `${name}, in Firefox`, tests);
}

/** Like `describeInBrowser`, for tests that only a long run needs. */
export const describeInBrowserWhenLong: typeof describeInBrowser = isLong ? describeInBrowser : describe.skip;

/** Like `describeInEachBrowser`, for tests that only a long run needs. */
export const describeInEachBrowserWhenLong: typeof describeInBrowser = isLong ? describeInEachBrowser : describe.skip;

/** Like `describeInBrowser`, in Firefox, for tests that only a long run needs. */
export const describeInFirefoxWhenLong: typeof describeInBrowser = isLong
  ? (name, tests) => describeIn(FIREFOX, name, tests)
  : describe.skip;

/** Like `describeInBrowser`, for tests in that browser. */
function describeIn(browser: Engine, name: string, tests: () => void): void {
  const isThere = browser.path !== undefined || process.env.CI;
  if (!isThere)
    process.stderr.write(`\nTHE TESTS OF THE DASHBOARD IN ${browser.name.toUpperCase()} ARE SKIPPED: it is not on the PATH.\n`);
  (isThere ? describe : describe.skip)(name, () => {
    beforeAll(() => {
      engine = browser;
    });
    engine = browser;
    tests();
    engine = CHROMIUM;
  });
}

/** Like `it`, for a test that cannot run in Firefox for that reason. There it is skipped, aloud. */
export function itInChromium(reason: string): jest.It {
  if (engine === CHROMIUM) return it;
  process.stderr.write(`\nA TEST IS SKIPPED IN FIREFOX: ${reason}.\n`);
  return it.skip;
}

/** A page that a viewer has open, and the complaints of its browser. */
export interface Dashboard {
  page: Page;
  context: BrowserContext;
  /** Violations of the Content-Security-Policy, uncaught errors, and everything written to the console. */
  complaints: string[];
}

export interface DashboardOptions {
  path?: string;
  colorScheme?: 'light' | 'dark';
  width?: number;
  /** True if the page may use the clipboard, as it may if it is not embedded and the user acts. */
  clipboard?: boolean;
  /**
   * True for a process that no page ran in before, and for a test that adds scripts or functions to its pages: they stay. In Firefox
   * every profile is new.
   */
  isNew?: boolean;
}

/** A browser profile and its first page. A new one costs five times as much as one that was emptied. */
interface Profile {
  context: BrowserContext;
  page: Page;
  complaints: string[];
}

const launched = new Map<Engine, Promise<Browser>>();

/** Starts the browser once for each file of tests. */
function launch(): Promise<Browser> {
  const running =
    launched.get(engine) ??
    start(engine).then((browser) => {
      cleanUpAfterFile(() => browser.close());
      return browser;
    });
  launched.set(engine, running);
  return running;
}

/** Emptied profiles of the file's tests before. */
const emptied: Profile[] = [];

async function newProfile(): Promise<Profile> {
  const context = await (await launch()).newContext();
  context.setDefaultTimeout(PATIENCE);
  await engine.prepare(context);
  const profile: Profile = { context, page: await context.newPage(), complaints: [] };
  await context.exposeBinding('complain', (_, complaint: string) => profile.complaints.push(complaint));
  await context.addInitScript(`
    addEventListener('securitypolicyviolation', ({ violatedDirective, blockedURI }) => {
      complain('CSP: ' + violatedDirective + ' ' + blockedURI);
    });`);
  return profile;
}

/** Stops everything that the test has begun in the profile. */
async function stop({ context }: Profile): Promise<void> {
  await context.unrouteAll({ behavior: 'ignoreErrors' });
  for (const page of context.pages()) await page.unrouteAll({ behavior: 'ignoreErrors' });
}

async function discard(profile: Profile): Promise<void> {
  await stop(profile);
  await profile.context.close();
}

/** Makes the profile one of a browser that was never anywhere, but for the files that a server lets it keep, and keeps it. */
async function empty(profile: Profile): Promise<void> {
  const { context, page } = profile;
  await stop(profile);
  for (const other of context.pages()) if (other !== page) await other.close();
  for (const event of ['console', 'dialog', 'framenavigated', 'pageerror', 'request', 'requestfailed', 'response'])
    await page.removeAllListeners(event, { behavior: 'wait' });
  await context.setOffline(false);
  await page.goto('about:blank');
  await context.clearCookies();
  await context.clearPermissions();
  const session = await context.newCDPSession(page);
  await session.send('Storage.clearDataForOrigin', { origin: '*', storageTypes: 'all' });
  await session.send('Page.resetNavigationHistory');
  await session.detach();
  emptied.push(profile);
}

/** Opens the dashboard in a browser profile of its own, signed in with the client's token; without a client, signed out. */
export async function openDashboard(
  { url, token }: Pick<Client, 'url'> & Partial<Pick<Client, 'token'>>,
  {
    path = '/settings/api-keys',
    colorScheme = 'light',
    width = 1200,
    clipboard = true,
    isNew = engine !== CHROMIUM,
  }: DashboardOptions = {},
): Promise<Dashboard> {
  const profile = (isNew ? undefined : emptied.pop()) ?? (await newProfile());
  const { context, page } = profile;
  cleanUpLater(() => (isNew ? discard(profile) : empty(profile).catch(() => discard(profile))));
  const complaints: string[] = [];
  profile.complaints = complaints;
  await page.setViewportSize({ width, height: 800 });
  await page.emulateMedia({ colorScheme, reducedMotion: null, forcedColors: null });
  if (clipboard && engine === CHROMIUM) await context.grantPermissions(['clipboard-read', 'clipboard-write']);
  if (token !== undefined) await signIn(context, { url, token });
  page.on('console', (message) => complaints.push(`console: ${message.text()}`));
  page.on('pageerror', ({ message }) => OF_STREAMS.test(message) || complaints.push(`uncaught: ${message}`));
  await page.goto(`${url}${path}`);
  return { page, context, complaints };
}

/** Gives the browser that client's session from now on, as after a sign-in in another tab. */
export function signIn(context: BrowserContext, { url, token }: Pick<Client, 'url' | 'token'>): Promise<void> {
  return context.addCookies([{ name: 'keyledger_session', value: token, url, httpOnly: true, sameSite: 'Strict' }]);
}
