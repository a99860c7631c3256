import type { BrowserContext, Page, Request } from 'playwright-core';

/** True for the request of a live feed. Firefox tells the tests the headers of a request, and not its body. */
export function isFeed(request: Request): boolean {
  return request.headers().accept?.includes('text/event-stream') ?? false;
}

/** The feeds of a browser's tabs. */
export function feedsOf(context: BrowserContext) {
  const begun: Page[] = [];
  const open = new Set<Page>();
  let seen = 0;
  let tell = () => {};
  context.on('request', (request) => {
    if (!isFeed(request)) return;
    const page = request.frame().page();
    begun.push(page);
    open.add(page);
    page.once('close', () => open.delete(page));
    tell();
  });
  context.on('requestfailed', (request) => {
    if (isFeed(request)) open.delete(request.frame().page());
  });
  return {
    /** The tabs that read a feed. */
    open: () => [...open],
    /** How many feeds were begun so far. */
    begun: () => begun.length,
    /** Resolves with the tab of the feed that is begun next, after the last one that was asked for. */
    async next(): Promise<Page> {
      while (begun.length <= seen)
        await new Promise<void>((resolve) => {
          tell = resolve;
        });
      seen += 1;
      return begun[seen - 1] as Page;
    },
  };
}
