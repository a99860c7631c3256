import { join } from 'node:path';
import type { Browser, Page } from 'playwright-core';
import { CHROMIUM, start } from '../support/browsers.js';
import { askForKey, readSecret } from '../support/dashboard.js';
import { SHOWN_PAGES, untilShown } from '../support/shown-pages.js';
import { type Demo, openPage, startDemo } from './support/demo.js';
import { inTemporaryDirectory } from './support/temporary.js';

// `npm run pictures`: takes the pictures of the dashboard for the documentation, over the data of a demo.

const PICTURES = 'docs/pictures';

/** The height of the part of a page that is shown, in pixels, if it is not 800. */
const HEIGHTS: Partial<Record<string, number>> = {
  analytics: 1150,
  history: 900,
  key: 1100,
  keys: 460,
  reads: 560,
  verify: 580,
};

await inTemporaryDirectory(async (directory) => {
  const demo = await startDemo(directory, 40, 120);
  const browser = await start(CHROMIUM);
  for (const shown of SHOWN_PAGES) {
    const page = await openPage(browser, demo, shown);
    await untilShown(page, shown);
    await save(page, shown.name, HEIGHTS[shown.name]);
  }
  await save(await secretDialog(browser, demo), 'secret');
  await browser.close();
  await demo.stop();
});

/** The dialog with a new secret, which asks before it is closed. */
async function secretDialog(browser: Browser, demo: Demo): Promise<Page> {
  const page = await openPage(browser, demo, { role: 'owner', path: '/settings/api-keys' }, { account: 'acme' });
  await askForKey(page, 'production');
  await readSecret(page);
  await page.keyboard.press('Escape');
  await page.getByRole('alert').waitFor();
  return page;
}

async function save(page: Page, name: string, height = 800): Promise<void> {
  await page.setViewportSize({ width: 1200, height });
  await page.screenshot({ path: join(PICTURES, `${name}.png`) });
  await page.context().close();
}
