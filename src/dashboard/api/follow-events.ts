import { createClient } from 'graphql-sse';
import { PATH } from '../../shared/paths.js';
import { type EventFilter, LatestEventDocument, NewEventsDocument, type NewEventsSubscription } from '../gql/graphql.js';
import { SignedOut } from './failures.js';
import { renewedFetch } from './renewed-fetch.js';
import { send } from './send.js';

/** How long to wait before reconnecting, in milliseconds: at first, and at most. */
const WAIT = { first: 500, most: 15_000 };

const client = createClient({ url: PATH.graphql, fetchFn: renewedFetch, retryAttempts: 0 });

/**
 * Follows the matching events until the signal aborts or the session ends.
 * @param onChange called at each start of the feed, including reconnects, and after each event; with the account's version after the
 *   last event, if there is one
 */
export async function followEvents(
  filter: EventFilter,
  onChange: (version: number | undefined) => void,
  signal: AbortSignal,
): Promise<void> {
  let wait = WAIT.first;
  while (!signal.aborted) {
    try {
      const { after, version } = await latestEvent(filter, signal);
      onChange(version);
      for await (const { node } of eventsIn(filter, after, signal)) {
        wait = WAIT.first;
        onChange(node.version);
      }
    } catch (error) {
      if (error instanceof SignedOut) return;
    }
    await pause(wait, signal);
    wait = Math.min(wait * 2, WAIT.most);
  }
}

async function latestEvent(filter: EventFilter, signal: AbortSignal) {
  const { events } = await send(LatestEventDocument, { filter }, { signal });
  return { after: events.pageInfo.endCursor ?? undefined, version: events.edges[0]?.node.version };
}

/** Yields each event. Ends or throws with the feed. An expired token ends it, too; the next request reports that. */
async function* eventsIn(
  filter: EventFilter,
  after: string | undefined,
  signal: AbortSignal,
): AsyncGenerator<NonNullable<NewEventsSubscription['events']>> {
  const feed = client.iterate<NewEventsSubscription>({
    query: NewEventsDocument.toString(),
    variables: { filter, after },
  });
  const leave = () => void feed.return?.();
  signal.addEventListener('abort', leave);
  try {
    for await (const { data } of feed) if (data?.events) yield data.events;
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
