import { EventEmitter, once } from 'node:events';
import { untilUnlocked } from '../shared/until-unlocked.js';
import type { HistoryEvent, HistoryFilter, HistoryProjection } from './history.js';

/** How many events are read at a time; a reader that is slower than that holds no more of them in memory. */
const PAGE = 100;

/** The history as it goes on: what is there, then each new event once, in commit order. */
export class Feed {
  readonly #history: HistoryProjection;
  readonly #news = new EventEmitter().setMaxListeners(0);
  /** The last position that was told of. */
  #told = 0;

  constructor(history: HistoryProjection) {
    this.#history = history;
  }

  /** To be called whenever there may be new events in the history. */
  note(): void {
    const { position } = this.#history.head();
    if (position === this.#told) return;
    this.#told = position;
    this.#news.emit('events');
  }

  /**
   * The events that match, from the position `after` (excluded) on; it reads on only as fast as they are taken. Ends when
   * the signal aborts, and where the filter has an end, once the log's clock has passed it.
   */
  async *events(filter: HistoryFilter, after: number, signal: AbortSignal): AsyncGenerator<HistoryEvent> {
    for (let from = after; !signal.aborted; ) {
      const told = this.#told;
      const { position: head, clock } = await untilUnlocked(() => this.#history.head(), signal);
      const page = await untilUnlocked(() => this.#history.page(filter, { after: from, limit: PAGE }), signal);
      for (const event of page) {
        if (signal.aborted) return;
        yield event;
      }
      if (page.length === PAGE) {
        from = page.at(-1)?.position ?? from;
        continue;
      }
      if (filter.to !== undefined && clock >= filter.to) return;
      from = Math.max(from, head, page.at(-1)?.position ?? 0);
      if (told === this.#told) await once(this.#news, 'events', { signal }).catch(() => {});
    }
  }
}
