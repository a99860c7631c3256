import axe from 'axe-core';
import type { Page } from 'playwright-core';
import { picture } from './dashboard.js';

/**
 * What users set. Zoom leaves a page fewer pixels of its own: a window of 1200 has 600 at 200 %. Firefox reduces motion where no colour
 * scheme is preferred (see firefox-relay.mjs).
 */
const LOOKS = [
  { look: 'light', colorScheme: 'light', width: 1200 },
  { look: 'dark', colorScheme: 'dark', width: 1200 },
  { look: 'zoomed, with reduced motion', colorScheme: 'no-preference', reducedMotion: 'reduce', width: 600 },
  { look: 'narrow', colorScheme: 'light', width: 320 },
] as const;

/** Expects that everybody can use the page as it is: in light and dark colours, zoomed, with reduced motion, and on 320 pixels. */
export async function expectUsable(page: Page, view: string): Promise<void> {
  const faults: Record<string, string[]> = {};
  for (const { look, width, ...media } of LOOKS) {
    await page.setViewportSize({ width, height: 800 });
    await page.emulateMedia({ reducedMotion: null, ...media });
    await page.waitForFunction(hasMedia, media);
    await page.evaluate(untilDrawn);
    await picture(page, view, look);
    faults[look] = [...(await violations(page)), ...(await excess(page))];
  }
  expect(faults).toEqual(Object.fromEntries(LOOKS.map(({ look }) => [look, []])));
}

/** True once the page knows these settings of its user. */
function hasMedia({ colorScheme, reducedMotion }: { colorScheme: string; reducedMotion?: string }): boolean {
  const isDark = matchMedia('(prefers-color-scheme: dark)').matches;
  const isReduced = matchMedia('(prefers-reduced-motion: reduce)').matches;
  return isDark === (colorScheme === 'dark') && isReduced === (reducedMotion === 'reduce');
}

/** Waits for a frame: the page gives its plots the new width in one. */
function untilDrawn(): Promise<unknown> {
  return new Promise((resolve) => requestAnimationFrame(() => requestAnimationFrame(resolve)));
}

/** Runs the accessibility checks on the page as it is: the rules of WCAG 2.2 A and AA, and best practices. */
async function violations(page: Page): Promise<string[]> {
  if (!(await page.evaluate(() => 'axe' in globalThis))) await page.evaluate(axe.source);
  const found = await page.evaluate(async () => {
    const { violations } = await (globalThis as unknown as { axe: typeof axe }).axe.run(document);
    return violations.flatMap(({ id, nodes }) => nodes.map(({ html, failureSummary }) => `${id}: ${html} ${failureSummary}`));
  });
  return found;
}

/** Finds elements of the page, or of its dialog, that are too wide or extend beyond the window, and fields that cut their date off. */
function excess(page: Page): Promise<string[]> {
  return page.evaluate(() => {
    const seen = [document.documentElement, ...document.querySelectorAll('dialog')];
    const isTooWide = (element: Element) => element.scrollWidth > element.clientWidth;
    const sticksOut = (element: Element) => element.getBoundingClientRect().right > innerWidth;
    const dates = document.querySelectorAll<HTMLInputElement>('input[type="datetime-local"]');
    const isCut = (field: HTMLInputElement) => {
      const { width } = field.getBoundingClientRect();
      field.style.width = 'max-content';
      const needed = field.getBoundingClientRect().width;
      field.style.width = '';
      return Math.ceil(width) < Math.floor(needed);
    };
    const found = [...seen.filter((element) => isTooWide(element) || sticksOut(element)), ...[...dates].filter(isCut)];
    return found.map(({ tagName }) => tagName);
  });
}
