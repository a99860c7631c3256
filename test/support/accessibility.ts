import axe from 'axe-core';
import type { Page } from 'playwright-core';

/** Runs the accessibility checks on the page as it is: the rules of WCAG 2.2 A and AA, and best practices. */
export async function violations(page: Page): Promise<string[]> {
  await page.evaluate(axe.source);
  const found = await page.evaluate(async () => {
    const { violations } = await (globalThis as unknown as { axe: typeof axe }).axe.run(document);
    return violations.flatMap(({ id, nodes }) => nodes.map(({ html, failureSummary }) => `${id}: ${html} ${failureSummary}`));
  });
  return found;
}

/** Finds elements of the page, or of its dialog, that are too wide or extend beyond the window. */
export function excess(page: Page): Promise<string[]> {
  return page.evaluate(() => {
    const seen = [document.documentElement, ...document.querySelectorAll('dialog')];
    const isTooWide = (element: Element) => element.scrollWidth > element.clientWidth;
    const sticksOut = (element: Element) => element.getBoundingClientRect().right > innerWidth;
    return seen.filter((element) => isTooWide(element) || sticksOut(element)).map(({ tagName }) => tagName);
  });
}
