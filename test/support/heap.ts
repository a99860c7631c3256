import type { Page } from 'playwright-core';

/**
 * Expects that the page's JavaScript heap holds these texts, or none of them, after a garbage collection. Firefox is not asked: its
 * snapshots do not hold texts.
 */
export async function expectInHeap(page: Page, texts: string[], isThere: boolean): Promise<void> {
  if (page.context().browser()?.browserType().name() !== 'chromium') return;
  const heap = await heapOf(page);
  for (const text of texts) expect(heap.includes(text)).toBe(isThere);
}

/** Every string and name in the page's JavaScript heap, as text, after a garbage collection. */
async function heapOf(page: Page): Promise<string> {
  const session = await page.context().newCDPSession(page);
  const chunks: string[] = [];
  session.on('HeapProfiler.addHeapSnapshotChunk', ({ chunk }) => chunks.push(chunk));
  await session.send('HeapProfiler.enable');
  await session.send('HeapProfiler.collectGarbage');
  await session.send('HeapProfiler.takeHeapSnapshot', { reportProgress: false });
  await session.detach();
  return chunks.join('');
}

/** Everything that the page has stored, shows, or has in its address and history entry, as text. */
export async function storedIn(page: Page): Promise<string> {
  const seen = await page.evaluate(async () => {
    const databases = await indexedDB.databases();
    const caches = await globalThis.caches.keys();
    const storages = [localStorage, sessionStorage].map((storage) => JSON.stringify(storage));
    return [location.href, JSON.stringify(history.state), ...storages, JSON.stringify(databases), JSON.stringify(caches)];
  });
  const state = JSON.stringify(await page.context().storageState({ indexedDB: true }));
  const values = await page.locator('input, textarea').evaluateAll((all: HTMLInputElement[]) => all.map(({ value }) => value));
  return [...seen, state, ...values, await page.content()].join('\n');
}
