import { createClient } from 'graphql-sse';
import { type EventFilter, LatestEventDocument, NewEventsDocument, type NewEventsSubscription } from '../gql/graphql.js';
import { SignedOut } from './failures.js';
import { send } from './send.js';

/** How long to wait before the feed is opened again, in milliseconds: at first, and at most. */
const WAIT = { first: 500, most: 15_000 };

const client = createClient({ url: '/graphql', retryAttempts: 0 });

/**
 * Tells of each event that matches, by whomever it is caused, until the signal or the session's end.
 * @param onChange called whenever the feed begins, also after it broke off, and after each event from then on
 */
export async function followEvents(filter: EventFilter, onChange: () => void, signal: AbortSignal): Promise<void> {
  let wait = WAIT.first;
  while (!signal.aborted) {
    try {
      const after = await latestCursor(filter, signal);
      onChange();
      for await (const _event of eventsIn(filter, after, signal)) {
        wait = WAIT.first;
        onChange();
      }
    } catch (error) {
      if (error instanceof SignedOut) return;
    }
    await pause(wait, signal);
    wait = Math.min(wait * 2, WAIT.most);
  }
}

async function latestCursor(filter: EventFilter, signal: AbortSignal): Promise<string | undefined> {
  const { events } = await send(LatestEventDocument, { filter }, { signal });
  return events.pageInfo.endCursor ?? undefined;
}

/** Yields at each event. It ends, or throws, when the feed does: with the token, too, which the next request will tell. */
async function* eventsIn(filter: EventFilter, after: string | undefined, signal: AbortSignal): AsyncGenerator<void> {
  const feed = client.iterate<NewEventsSubscription>({
    query: NewEventsDocument.toString(),
    variables: { filter, after },
  });
  const leave = () => void feed.return?.();
  signal.addEventListener('abort', leave);
  try {
    for await (const { data } of feed) if (data?.events) yield;
  } finally {
    signal.removeEventListener('abort', leave);
  }
}

function pause(milliseconds: number, signal: AbortSignal): Promise<void> {
  return new Promise((resolve) => {
    const end = () => {
      clearTimeout(timer);
      signal.removeEventListener('abort', end);
      resolve();
    };
    const timer = setTimeout(end, milliseconds);
    signal.addEventListener('abort', end);
  });
}
