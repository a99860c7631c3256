import { type EventFilter, LatestEventDocument, NewEventsDocument } from '../../client/gql/graphql.js';
import { AnswerLost, SignedOut } from './failures.js';
import { client, send } from './send.js';

/** How long to wait before reconnecting, in milliseconds: at first, and at most. */
const WAIT = { first: 500, most: 15_000 };

/** How long the server may be away, as while it restarts, before that is reported, in milliseconds. */
const PATIENCE = 3_000;

/**
 * Follows the matching events until the signal aborts or the session ends.
 * @param onChange called at each start of the feed, including reconnects, and after each event; with the account's version after the
 *   last event, if there is one
 * @param onLost called at each attempt to connect that fails because the server does not answer, but not in its first seconds
 */
export async function followEvents(
  filter: EventFilter,
  onChange: (version: number | undefined) => void,
  onLost: () => void,
  signal: AbortSignal,
): Promise<void> {
  let wait = WAIT.first;
  const silence = silenceReportedTo(onLost);
  while (!signal.aborted) {
    try {
      const { after, version } = await latestEvent(filter, signal);
      silence.end();
      onChange(version);
      // An expired token ends the feed, too; the next request reports that.
      for await (const { events } of client.follow(NewEventsDocument, { filter, after }, { signal })) {
        wait = WAIT.first;
        onChange(events.node.version);
      }
    } catch (error) {
      if (error instanceof SignedOut) return;
      silence.hear(error);
    }
    if (signal.aborted) return;
    await pause(wait, signal);
    wait = Math.min(wait * 2, WAIT.most);
  }
}

/** Reports each failed attempt of a server that has not answered for a while. */
function silenceReportedTo(onLost: () => void) {
  let since: number | undefined;
  return {
    hear(error: unknown) {
      since = error instanceof AnswerLost ? (since ?? performance.now()) : undefined;
      if (since !== undefined && performance.now() - since >= PATIENCE) onLost();
    },
    end() {
      since = undefined;
    },
  };
}

async function latestEvent(filter: EventFilter, signal: AbortSignal) {
  const { events } = await send(LatestEventDocument, { filter }, { signal });
  return { after: events.pageInfo.endCursor ?? undefined, version: events.edges[0]?.node.version };
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
