import type { Page } from 'playwright-core';
import type { Role } from '../../src/auth/viewer.js';

/** A page of the dashboard, for those who look at all of them. */
export interface ShownPage {
  name: string;
  /** `KEY` stands for the id of a key that the owner holds. */
  path: string;
  role: Role;
  /** What is shown once the page has loaded its content. */
  content: string;
}

export const SHOWN_PAGES: readonly ShownPage[] = [
  { name: 'keys', path: '/settings/api-keys', role: 'owner', content: 'tbody tr' },
  { name: 'key', path: '/settings/api-key?id=KEY', role: 'owner', content: 'td.what' },
  { name: 'history', path: '/history', role: 'auditor', content: 'td.what' },
  { name: 'reads', path: '/reads', role: 'auditor', content: 'tbody tr' },
  { name: 'verify', path: '/verify', role: 'auditor', content: 'input[type="file"]' },
  { name: 'accounts', path: '/accounts', role: 'operator', content: 'tbody tr' },
  { name: 'analytics', path: '/analytics', role: 'analyst', content: '.plot canvas' },
];

/** Waits until the page shows its content, no part of it loads, and every plot is drawn. */
export async function untilShown(page: Page, { content }: ShownPage): Promise<void> {
  await page.waitForFunction(
    (content) => document.querySelector(content) && !document.querySelector('.skeleton, .plot:not(:has(canvas))'),
    content,
  );
}
