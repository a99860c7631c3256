import { GraphQLError } from 'graphql';
import type { Feed } from '../../projections/audit/feed.js';
import type { HistoryEvent, HistoryFilter } from '../../projections/audit/history.js';
import type { TimeRange } from '../../projections/engine/page.js';

/** The longest time that one feed lasts, in milliseconds, however long its token is valid. */
const DAY = 24 * 60 * 60 * 1000;

/** The reader's token is over; with another it can go on where it was. */
export class TokenExpired extends GraphQLError {
  constructor() {
    super('A feed ends with its token, and after a day at the latest. Get a fresh token, and go on after the last cursor.', {
      extensions: { code: 'UNAUTHENTICATED' },
    });
  }
}

export interface EventFeedOptions {
  feed: Feed;
  filter: HistoryFilter & TimeRange;
  /** The position before the first event wanted. */
  after: number;
  /** For how long the token is valid, in milliseconds. */
  validFor: number;
}

/**
 * The events for one reader; where the token ends first, the last item says so. Unlike that of a generator, its `return`
 * ends a wait for events too: a reader that has gone leaves nothing behind.
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
      return items.return(undefined);
    },
  };
}

async function* whileValid(
  { feed, filter, after, validFor }: EventFeedOptions,
  ending: AbortController,
): AsyncGenerator<HistoryEvent | TokenExpired> {
  const expiry = setTimeout(() => ending.abort(), Math.min(validFor, DAY));
  try {
    yield* feed.events(filter, after, ending.signal);
    if (ending.signal.aborted) yield new TokenExpired();
  } finally {
    clearTimeout(expiry);
  }
}
