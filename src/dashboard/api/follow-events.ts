import { type EventFilter, LatestEventDocument, NewEventsDocument } from '../../client/gql/graphql.js';
import { AnswerLost, SignedOut } from './failures.js';
import { client, send } from './send.js';
import { whenBack } from './silence.js';

/** How long to wait before reconnecting, in milliseconds: at first, and at most. */
const WAIT = { first: 500, most: 15_000 };

/**
 * Follows the matching events until the signal aborts or the session ends.
 * @param onChange called at each start of the feed, including reconnects, and after each event; with the account's version after the
 *   last event, if there is one
 * @param onLost called whenever the server does not answer
 */
export async function followEvents(
  filter: EventFilter,
  onChange: (version: number | undefined) => void,
  onLost: () => void,
  signal: AbortSignal,
): Promise<void> {
  let wait = WAIT.first;
  while (!signal.aborted) {
    try {
      const { after, version } = await latestEvent(filter, signal);
      onChange(version);
      // An expired token ends the feed, too; the next request reports that.
      for await (const { events } of client.follow(NewEventsDocument, { filter, after }, { signal })) {
        wait = WAIT.first;
        onChange(events.node.version);
      }
    } catch (error) {
      if (error instanceof SignedOut) return;
      if (error instanceof AnswerLost) onLost();
    }
    if (signal.aborted) return;
    await pause(wait, signal);
    wait = Math.min(wait * 2, WAIT.most);
  }
}

async function latestEvent(filter: EventFilter, signal: AbortSignal) {
  const { events } = await send(LatestEventDocument, { filter }, { signal });
  return { after: events.pageInfo.endCursor ?? undefined, version: events.edges[0]?.node.version };
}

/** Waits, but not longer than until the server is back. */
function pause(milliseconds: number, signal: AbortSignal): Promise<void> {
  return new Promise((resolve) => {
    const end = () => {
      clearTimeout(timer);
      stop();
      signal.removeEventListener('abort', end);
      resolve();
    };
    const timer = setTimeout(end, milliseconds);
    const stop = whenBack(end);
    signal.addEventListener('abort', end);
  });
}
