import { availableParallelism, loadavg } from 'node:os';
import type { Browser } from 'playwright-core';
import { CHROMIUM, type Engine, FIREFOX, start } from '../support/browsers.js';
import { SHOWN_PAGES, type ShownPage, untilShown } from '../support/shown-pages.js';
import { type Bench, median } from './support/bench.js';
import { type Demo, openPage, startDemo } from './support/demo.js';
import { inTemporaryDirectory } from './support/temporary.js';

const ROUNDS = Number(process.env.KEYLEDGER_BENCH_ROUNDS ?? 7);

/** In bytes, compressed. */
const FIRST_VISIT = 100_000;

/** What a browser tells of one visit: milliseconds since it began, and bytes. What a browser cannot tell is missing. */
type Visit = Record<string, number>;

/** Measures first visits to each page of the dashboard, page by page in turn, in the browsers that are installed. */
export const dashboard: Bench = () =>
  inTemporaryDirectory(async (directory) => {
    const demo = await startDemo(directory, 100, 90);
    try {
      const engines = [CHROMIUM, FIREFOX].filter(({ path }) => path !== undefined);
      const missing = [CHROMIUM, FIREFOX].filter((engine) => !engines.includes(engine));
      const figures: Record<string, number> = {};
      const ratios: Record<string, number> = {};
      for (const engine of engines) Object.assign(figures, await visits(engine, demo));
      if (figures.chromiumKeysBytes !== undefined) ratios.keysBytesTo100kB = figures.chromiumKeysBytes / FIRST_VISIT;
      return {
        figures,
        ratios,
        goals: { keysBytesTo100kB: { atMost: 1 } },
        notes: [...missing.map(({ name, debian }) => `${name}: not on the PATH (Debian: ${debian}).`), ...busyNotes()],
      };
    } finally {
      await demo.stop();
    }
  });

/** A note if other programs had the machine's processors: durations are longer then, and bytes are the same. */
function busyNotes(): string[] {
  const [load = 0] = loadavg();
  const cores = availableParallelism();
  if (load <= 2 * cores) return [];
  return [`The machine was busy: a load of ${load.toFixed(1)} on ${cores} cores. On an idle one, the durations are shorter.`];
}

/** The median of each figure of each page. */
async function visits(engine: Engine, demo: Demo): Promise<Record<string, number>> {
  const found = new Map<string, number[]>();
  const browser = await start(engine);
  for (let round = 0; round <= ROUNDS; round += 1) {
    for (const shown of SHOWN_PAGES) {
      const visit = await firstVisit(browser, demo, shown);
      // The first round warms up the server.
      if (round > 0) for (const [name, value] of Object.entries(visit)) push(found, nameOf(engine, shown, name), value);
    }
  }
  await browser.close();
  return Object.fromEntries([...found].map(([name, values]) => [name, median(values)]));
}

function nameOf(engine: Engine, shown: ShownPage, figure: string): string {
  const capital = (word: string) => word.charAt(0).toUpperCase() + word.slice(1);
  return `${engine.name.toLowerCase()}${capital(shown.name)}${capital(figure)}`;
}

function push(found: Map<string, number[]>, name: string, value: number): void {
  found.set(name, [...(found.get(name) ?? []), value]);
}

async function firstVisit(browser: Browser, demo: Demo, shown: ShownPage): Promise<Visit> {
  const page = await openPage(browser, demo, shown, { prepare: (context) => context.addInitScript(listen) });
  await untilShown(page, shown);
  const visit = await page.evaluate(told);
  await page.context().close();
  return visit;
}

/** Runs in the page, before it: keeps what the browser tells on the way. */
function listen(): void {
  const kept: PerformanceEntry[] = [];
  Object.assign(globalThis, { kept });
  const observer = new PerformanceObserver((list) => kept.push(...list.getEntries()));
  for (const type of ['paint', 'largest-contentful-paint', 'longtask']) {
    if (PerformanceObserver.supportedEntryTypes.includes(type)) observer.observe({ type, buffered: true });
  }
}

/** Runs in the page: what the browser has told of this visit. */
function told(): Record<string, number> {
  const kept: PerformanceEntry[] = Reflect.get(globalThis, 'kept');
  const ofType = (type: string) => kept.filter(({ entryType }) => entryType === type);
  const loaded = [...performance.getEntriesByType('navigation'), ...performance.getEntriesByType('resource')];
  const bytes = loaded.map((entry) => (entry instanceof PerformanceResourceTiming ? entry.transferSize : 0));
  const [navigation] = performance.getEntriesByType('navigation');
  const first = kept.find(({ name }) => name === 'first-contentful-paint');
  const largest = ofType('largest-contentful-paint').at(-1);
  return {
    ...(first && { firstContentfulPaintMilliseconds: first.startTime }),
    ...(largest && { largestContentfulPaintMilliseconds: largest.startTime }),
    ...(navigation instanceof PerformanceNavigationTiming && { domCompleteMilliseconds: navigation.domComplete }),
    ...(PerformanceObserver.supportedEntryTypes.includes('longtask') && {
      longTasksMilliseconds: ofType('longtask').reduce((sum, { duration }) => sum + duration, 0),
    }),
    bytes: bytes.reduce((sum, size) => sum + size, 0),
  };
}
