import { join } from 'node:path';
import { Feed } from '../../src/projections/audit/feed.js';
import { HistoryProjection } from '../../src/projections/audit/history.js';
import Database from '../../src/shared/sqlite.js';
import type { RecordedEvent } from '../../src/store/event-store.js';
import { type Bench, interleave, quantile, ratio, timed } from './support/bench.js';
import { deletion } from './support/events.js';
import { inTemporaryDirectory } from './support/temporary.js';

const FEEDS = 10_000;
const ROUNDS = 500;

/**
 * Measures for how long a new event holds the event loop: to project it, and to wake the feeds that it concerns. Once nobody has a feed
 * open, and once 10,000 other accounts have one each.
 */
export const feeds: Bench = () =>
  inTemporaryDirectory(async (directory) => {
    const [none, many] = [await eventWith(join(directory, 'none.db'), 0), await eventWith(join(directory, 'many.db'), FEEDS)];
    const held = await interleave(ROUNDS, { none, many });
    const p99 = quantile(held.many, 0.99);
    return {
      figures: {
        feedsOfOtherAccounts: FEEDS,
        millisecondsAnEventHoldsTheLoopP50: quantile(held.many, 0.5),
        millisecondsAnEventHoldsTheLoopP99: p99,
        millisecondsWithoutFeedsP50: quantile(held.none, 0.5),
      },
      ratios: { eventWithManyFeedsOfOthers: ratio(held.many, held.none), p99ToFiveMilliseconds: p99 / 5 },
      goals: { eventWithManyFeedsOfOthers: { atMost: 1.5 }, p99ToFiveMilliseconds: { atMost: 1 } },
    };
  });

/** Opens that many feeds of other accounts. Returns the work of one event: its duration in milliseconds. */
async function eventWith(file: string, count: number): Promise<() => Promise<number>> {
  const database = new Database(file);
  database.pragma('journal_mode = WAL');
  const history = new HistoryProjection(database);
  const feed = new Feed(history, { clock: Date.now, tolerance: 0 });
  for (let index = 0; index < count; index += 1)
    void feed.events({ account: `other-${index}` }, 0, new AbortController().signal).next();
  await settled();
  return () =>
    timed(async () => {
      history.apply([nextEvent(history.head() + 1)]);
      feed.refresh(true);
      await settled();
    });
}

/** Resolves when the feeds that were woken have looked. */
function settled(): Promise<void> {
  return new Promise((resolve) => setImmediate(() => setImmediate(resolve)));
}

function nextEvent(position: number): RecordedEvent {
  return { ...deletion(position, 'key_0000000000000000000000'), stream: 'apiKeys-busy', version: position, position };
}
