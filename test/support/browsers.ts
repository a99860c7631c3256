import { execFileSync } from 'node:child_process';
import { resolve } from 'node:path';
import type { Browser, BrowserContext } from 'playwright-core';
import { complete } from './firefox.js';

/**
 * How long a browser may take to start, in milliseconds. It is long because the machine may be busy with other tests; a browser that cannot
 * start ends by itself.
 */
const PATIENCE = 600_000;

/** A browser that Playwright drives. Playwright is loaded when it starts: tests that a run skips do without. */
export interface Engine {
  name: string;
  /** The package of Debian that has it. */
  debian: string;
  /** Its program; undefined if it is not on the PATH. */
  path: string | undefined;
  start(path: string): Promise<Browser>;
  /** Prepares a new profile for tests, before its first page. */
  prepare(context: BrowserContext): Promise<void>;
}

export const CHROMIUM: Engine = {
  name: 'Chromium',
  debian: 'chromium',
  path: pathOf('chromium', 'chromium-browser', 'google-chrome'),
  async start(executablePath) {
    const { chromium } = await import('playwright-core');
    return chromium.launch({
      executablePath,
      timeout: PATIENCE,
      args: ['--headless', '--no-sandbox', '--disable-gpu', '--disable-background-networking'],
    });
  },
  prepare: async () => {},
};

/** Firefox as its makers ship it, by WebDriver BiDi. npm runs tests and benchmarks in the project's directory. */
export const FIREFOX: Engine = {
  name: 'Firefox',
  debian: 'firefox-esr',
  path: pathOf('firefox-esr', 'firefox'),
  async start(path) {
    const { firefox } = await import('playwright-core');
    return firefox.launch({
      channel: 'moz-firefox',
      timeout: PATIENCE,
      // Firefox 153 crashes when scripts of the page and Playwright's own both ask an element for those that its ARIA attributes name.
      firefoxUserPrefs: { 'accessibility.ARIAElementReflection.enabled': false },
      executablePath: resolve('test/support/firefox-relay.mjs'),
      env: { ...process.env, KEYLEDGER_TEST_FIREFOX: path },
    });
  },
  prepare: complete,
};

/** @throws Error if the browser is not installed */
export function start({ name, debian, path, start }: Engine): Promise<Browser> {
  if (path === undefined) throw new Error(`There is no ${name} on the PATH: install one (Debian: apt-get install ${debian}).`);
  return start(path);
}

function pathOf(...programs: string[]): string | undefined {
  for (const program of programs) {
    try {
      return execFileSync('which', [program], { encoding: 'utf8', stdio: ['ignore', 'pipe', 'ignore'] }).trim();
    } catch {
      // Another name may lead to it.
    }
  }
  return undefined;
}
