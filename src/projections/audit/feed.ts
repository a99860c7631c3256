import { EventEmitter, once } from 'node:events';
import type { Clock } from '../../shared/clock.js';
import { untilUnlocked } from '../../shared/until-unlocked.js';
import { isWithin, type TimeRange } from '../engine/page.js';
import type { HistoryEvent, HistoryFilter, HistoryProjection } from './history.js';

/** How many events are read at a time at the most; a reader that is slower than that holds no more of them in memory. */
const PAGE = 100;

export interface FeedOptions {
  clock: Clock;
  /** By how much the clocks of processes may differ, in milliseconds: for so long after a range of times, others may still date an event into it. */
  tolerance: number;
}

/** The history as it goes on: what is there, then each new event once, in commit order. */
export class Feed {
  readonly #history: HistoryProjection;
  readonly #options: FeedOptions;
  readonly #news = new EventEmitter().setMaxListeners(0);
  /** The last position that was told of. */
  #told = 0;
  /** When the history last held all that the log held, in milliseconds since 1970. */
  #caughtUpAt = Number.NEGATIVE_INFINITY;

  constructor(history: HistoryProjection, options: FeedOptions) {
    this.#history = history;
    this.#options = options;
  }

  /** To be called whenever there may be new events in the history. @param caughtUp whether it holds all that the log holds */
  note(caughtUp: boolean): void {
    if (caughtUp) this.#caughtUpAt = this.#options.clock();
    const position = this.#history.head();
    const isNew = position !== this.#told;
    this.#told = position;
    if (isNew) this.#news.emit('events');
    if (isNew || caughtUp) this.#news.emit('any');
  }

  /**
   * The events that match, from the position `after` (excluded) on; it reads on only as fast as they are taken. Ends when
   * the signal aborts, and where the range has an end, once that is over and no process dates an event into it any more.
   */
  async *events(
    { from, to, ...filter }: HistoryFilter & TimeRange,
    after: number,
    signal: AbortSignal,
  ): AsyncGenerator<HistoryEvent> {
    const range = { from, to };
    const skip = await untilUnlocked(() => this.#skip(filter, range), signal);
    for (let position = skip(after); !signal.aborted; position = skip(position)) {
      const told = this.#told;
      const isOver = this.#isOver(to);
      const { found, next, isLast } = await untilUnlocked(() => this.#look(filter, range, position), signal);
      for (const event of found) {
        if (signal.aborted) return;
        yield event;
      }
      position = next;
      // Others have their turn, also where nothing is found for long.
      if (!isLast) await new Promise(setImmediate);
      else if (isOver) return;
      else await this.#newsSince(told, to === undefined ? 'events' : 'any', signal);
    }
  }

  /** Looks at the events after a position, a page at most: what is found among them, where to look next, and whether they were the last. */
  #look(filter: HistoryFilter, range: TimeRange, after: number): { found: HistoryEvent[]; next: number; isLast: boolean } {
    const head = this.#history.head();
    const { items: page, isLast } = this.#history.batch(filter, { after, limit: PAGE });
    const last = page.at(-1)?.position ?? after;
    return { found: page.filter(({ at }) => isWithin(range, at)), next: isLast ? Math.max(last, head) : last, isLast };
  }

  /** Whether the history held, when that time was over for every process, all that the log held. */
  #isOver(to: number | undefined): boolean {
    return to !== undefined && this.#caughtUpAt >= to + this.#options.tolerance;
  }

  async #newsSince(told: number, kind: 'events' | 'any', signal: AbortSignal): Promise<void> {
    if (told === this.#told) await once(this.#news, kind, { signal }).catch(() => {});
  }

  /** Where to go on after a position, past everything that does not match: a range of times is a small part of a long history. */
  #skip(filter: HistoryFilter, range: TimeRange): (after: number) => number {
    if (range.from === undefined && range.to === undefined) return (after) => after;
    const head = this.#history.head();
    const { first = head + 1, last = head } = this.#history.positionsIn(filter, range) ?? {};
    return (after) => {
      if (after < first) return Math.max(after, Math.min(first - 1, head));
      return after < last ? after : Math.max(after, head);
    };
  }
}
