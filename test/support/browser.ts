import { execFileSync } from 'node:child_process';
import { type Browser, type BrowserContext, chromium, type Page } from 'playwright-core';
import type { Client } from './client.js';
import { cleanUpAfterFile, cleanUpLater } from './world.js';

const NAMES = ['chromium', 'chromium-browser', 'google-chrome'];
const ARGUMENTS = ['--headless', '--no-sandbox', '--disable-gpu', '--disable-background-networking'];

const executablePath = NAMES.map(pathOf).find((path) => path !== undefined);

/** Like `describe`, for tests that need a real browser. Without one, it skips them with a message, or fails in CI. */
export const describeInBrowser: jest.Describe = executablePath || process.env.CI ? describe : skipAloud();

/** A page that a viewer has open, and the complaints of its browser. */
export interface Dashboard {
  page: Page;
  context: BrowserContext;
  /** Violations of the Content-Security-Policy, uncaught errors, and everything written to the console. */
  complaints: string[];
}

let launched: Promise<Browser> | undefined;

function launch(): Promise<Browser> {
  if (!executablePath) throw new Error('There is no Chromium on the PATH: install one (Debian: apt-get install chromium).');
  launched ??= chromium.launch({ executablePath, args: ARGUMENTS }).then((browser) => {
    cleanUpAfterFile(() => browser.close());
    return browser;
  });
  return launched;
}

export interface DashboardOptions {
  path?: string;
  colorScheme?: 'light' | 'dark';
  width?: number;
  /** True if the page may use the clipboard, as it may if it is not embedded and the user acts. */
  clipboard?: boolean;
}

/** Opens the dashboard in a browser profile of its own, signed in with the client's token; without a client, signed out. */
export async function openDashboard(
  { url, token }: Pick<Client, 'url'> & Partial<Pick<Client, 'token'>>,
  { path = '/settings/api-keys', colorScheme = 'light', width = 1200, clipboard = true }: DashboardOptions = {},
): Promise<Dashboard> {
  const browser = await launch();
  const context = await browser.newContext({ colorScheme, viewport: { width, height: 800 } });
  cleanUpLater(async () => {
    await context.unrouteAll({ behavior: 'ignoreErrors' });
    for (const page of context.pages()) await page.unrouteAll({ behavior: 'ignoreErrors' });
    await context.close();
  });
  if (clipboard) await context.grantPermissions(['clipboard-read', 'clipboard-write']);
  if (token !== undefined) await signIn(context, { url, token });
  const complaints: string[] = [];
  await context.exposeBinding('complain', (_, complaint: string) => complaints.push(complaint));
  await context.addInitScript(`
    addEventListener('securitypolicyviolation', ({ violatedDirective, blockedURI }) => {
      complain('CSP: ' + violatedDirective + ' ' + blockedURI);
    });`);
  const page = await context.newPage();
  page.on('console', (message) => complaints.push(`console: ${message.text()}`));
  page.on('pageerror', (error) => complaints.push(`uncaught: ${error.message}`));
  await page.goto(`${url}${path}`);
  return { page, context, complaints };
}

/** Gives the browser that client's session from now on, as after a sign-in in another tab. */
export function signIn(context: BrowserContext, { url, token }: Pick<Client, 'url' | 'token'>): Promise<void> {
  return context.addCookies([{ name: 'keyledger_session', value: token, url, httpOnly: true, sameSite: 'Strict' }]);
}

function pathOf(name: string): string | undefined {
  try {
    return execFileSync('which', [name], { encoding: 'utf8', stdio: ['ignore', 'pipe', 'ignore'] }).trim();
  } catch {
    return undefined;
  }
}

function skipAloud(): jest.Describe {
  process.stderr.write('\nTHE TESTS OF THE DASHBOARD ARE SKIPPED: no Chromium on the PATH.\n');
  return describe.skip;
}
