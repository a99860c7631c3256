import { setImmediate as nextTurn } from 'node:timers/promises';
import type { Clock } from '../../shared/clock.js';
import { untilUnlocked } from '../../shared/until-unlocked.js';
import { isWithin, type TimeRange } from '../engine/page.js';
import type { HistoryFilter, HistoryProjection } from './history.js';
import type { HistoryEvent } from './history-event.js';
import { WaitingFeeds } from './waiting-feeds.js';

/** The maximum number of events read at a time, so that a slow reader does not hold more in memory. */
const PAGE = 100;

/** If more new events are announced at once, every feed looks at them. */
const MANY = 1000;

export interface FeedOptions {
  clock: Clock;
  /**
   * How much the clocks of processes may differ, in milliseconds. For this long after a time range, others may still date an event into
   * it.
   */
  tolerance: number;
}

/** The history as a live feed: the past, then each new event once, in commit order. */
export class Feed {
  readonly #history: HistoryProjection;
  readonly #options: FeedOptions;
  readonly #waiting = new WaitingFeeds();
  /** The last position that was announced. */
  #announced = 0;
  /** When the history last held all that the log held, in milliseconds since 1970. */
  #caughtUpAt = Number.NEGATIVE_INFINITY;

  constructor(history: HistoryProjection, options: FeedOptions) {
    this.#history = history;
    this.#options = options;
  }

  /**
   * Call it whenever the history may have new events.
   * @param caughtUp whether it holds all that the log holds
   */
  refresh(caughtUp: boolean): void {
    if (caughtUp) this.#caughtUpAt = this.#options.clock();
    const before = this.#announced;
    this.#announced = this.#history.head();
    if (this.#announced !== before) this.#announce(before);
    if (caughtUp) this.#waiting.wakeEnded((to) => this.#isOver(to));
  }

  /** Wakes the feeds that events after a position can concern. */
  #announce(position: number): void {
    if (this.#waiting.isEmpty) return;
    const accounts = this.#history.accountsAfter(position, MANY);
    if (accounts === undefined) this.#waiting.wakeAll();
    else this.#waiting.wake(accounts);
  }

  /**
   * Yields the matching events from the position `after` (exclusive) on. Reads only as fast as they are consumed. Ends when the signal
   * aborts, or, if the range has an end, once it is over and no process can still date an event into it.
   */
  async *events(
    { from, to, ...filter }: HistoryFilter & TimeRange,
    after: number,
    signal: AbortSignal,
  ): AsyncGenerator<HistoryEvent> {
    const range = { from, to };
    const skip = await untilUnlocked(() => this.#skip(filter, range), signal);
    for (let position = skip(after); !signal.aborted; position = skip(position)) {
      const announced = this.#announced;
      const isOver = this.#isOver(to);
      const { found, next, isLast } = await untilUnlocked(() => this.#look(filter, range, position), signal);
      for (const event of found) {
        if (signal.aborted) return;
        yield event;
      }
      position = next;
      // Yields to other work, even if nothing is found for long.
      if (!isLast) await nextTurn();
      else if (isOver) return;
      else if (announced === this.#announced) await this.#waiting.wait({ account: filter.account, to }, signal);
    }
  }

  /** Looks at up to a page of events after a position. Returns the matches, where to look next, and whether the page was the last. */
  #look(filter: HistoryFilter, range: TimeRange, after: number): { found: HistoryEvent[]; next: number; isLast: boolean } {
    const head = this.#history.head();
    const { items: page, isLast, end } = this.#history.batch(filter, { after, limit: PAGE });
    return { found: page.filter(({ at }) => isWithin(range, at)), next: isLast ? Math.max(end, head) : end, isLast };
  }

  /** True if the history held all that the log held at some time after the range was over for every process. */
  #isOver(to: number | undefined): boolean {
    return to !== undefined && this.#caughtUpAt >= to + this.#options.tolerance;
  }

  /** Computes where to continue after a position, skipping events that cannot match: a time range is a small part of a long history. */
  async #skip(filter: HistoryFilter, range: TimeRange): Promise<(after: number) => number> {
    if (range.from === undefined && range.to === undefined) return (after) => after;
    const head = this.#history.head();
    const { first = head + 1, last = head } = (await this.#history.positionRange(filter, range)) ?? {};
    return (after) => {
      if (after < first) return Math.max(after, Math.min(first - 1, head));
      return after < last ? after : Math.max(after, head);
    };
  }
}
