import { GraphQLError } from 'graphql';
import type { Feed } from '../../projections/audit/feed.js';
import type { HistoryFilter } from '../../projections/audit/history.js';
import type { HistoryEvent } from '../../projections/audit/history-event.js';
import type { TimeRange } from '../../projections/engine/page.js';

/** The maximum duration of a feed, in milliseconds, even if its token is valid for longer. */
const LONGEST = 24 * 60 * 60 * 1000;

/** The reader's token has expired. With a new one, the reader can continue after the last cursor. */
export class TokenExpired extends GraphQLError {
  constructor() {
    super(
      'The feed has ended, because its token has expired or it has lasted a day. Get a new token, and continue after the last cursor.',
      {
        extensions: { code: 'UNAUTHENTICATED' },
      },
    );
  }
}

export interface EventFeedOptions {
  feed: Feed;
  filter: HistoryFilter & TimeRange;
  /** Give events after this position only. */
  after: number;
  /** How long the token is still valid, in milliseconds. */
  validFor: number;
  /** Called when the feed ends, at least once. */
  onEnd: () => void;
}

/**
 * The events for one reader. If the token expires first, the last item is `TokenExpired`. Unlike a generator's, its `return` also ends a
 * pending wait, so a reader that disconnects leaves nothing behind.
 */
export function eventFeed(options: EventFeedOptions): AsyncIterableIterator<HistoryEvent | TokenExpired> {
  const ending = new AbortController();
  const items = whileValid(options, ending);
  return {
    [Symbol.asyncIterator]() {
      return this;
    },
    next: () => items.next(),
    return() {
      ending.abort();
      options.onEnd();
      return items.return(undefined);
    },
  };
}

async function* whileValid(
  { feed, filter, after, validFor, onEnd }: EventFeedOptions,
  ending: AbortController,
): AsyncGenerator<HistoryEvent | TokenExpired> {
  const expiry = setTimeout(() => ending.abort(), Math.min(validFor, LONGEST));
  try {
    yield* feed.events(filter, after, ending.signal);
    if (ending.signal.aborted) yield new TokenExpired();
  } finally {
    clearTimeout(expiry);
    onEnd();
  }
}
