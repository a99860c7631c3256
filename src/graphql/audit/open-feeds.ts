import { GraphQLError } from 'graphql';
import type { Viewer } from '../../auth/viewer.js';

/** The maximum numbers of open feeds: of one viewer (a subject on one account), and of all viewers of a process. */
export interface FeedLimits {
  perViewer: number;
  total: number;
}

export const FEED_LIMITS: FeedLimits = { perViewer: 20, total: 20_000 };

/** The viewer, or the process, has as many open feeds as are allowed. */
export class TooManyFeeds extends GraphQLError {
  constructor(message: string) {
    super(message, { extensions: { code: 'TOO_MANY_FEEDS' } });
  }
}

/** Counts the open feeds of a process. */
export class OpenFeeds {
  readonly #limits: FeedLimits;
  readonly #byViewer = new Map<string, number>();
  #total = 0;

  constructor(limits: FeedLimits = FEED_LIMITS) {
    this.#limits = limits;
  }

  /**
   * Counts one more feed of the viewer, if the limits allow it.
   * @returns ends the feed: it is counted no more; later calls do nothing
   * @throws TooManyFeeds
   */
  open({ subject, account }: Pick<Viewer, 'subject' | 'account'>): () => void {
    const viewer = JSON.stringify([subject, account]);
    const own = this.#byViewer.get(viewer) ?? 0;
    if (own >= this.#limits.perViewer)
      throw new TooManyFeeds(`You have ${own} open feeds, the maximum. Close one of them, or use it for all that you follow.`);
    if (this.#total >= this.#limits.total)
      throw new TooManyFeeds(`This server has ${this.#total} open feeds, the maximum. Try again later, or use another server.`);
    this.#byViewer.set(viewer, own + 1);
    this.#total += 1;
    let isOpen = true;
    return () => {
      if (isOpen) this.#close(viewer);
      isOpen = false;
    };
  }

  #close(viewer: string): void {
    this.#total -= 1;
    const own = (this.#byViewer.get(viewer) ?? 1) - 1;
    if (own > 0) this.#byViewer.set(viewer, own);
    else this.#byViewer.delete(viewer);
  }
}
