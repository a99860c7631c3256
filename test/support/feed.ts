import { resultsIn } from '../../src/client/feed.js';
import type { Client, GraphQLFault } from './client.js';

/** A message of a feed. */
export interface FeedResult {
  data?: {
    events: { cursor: string; node: { eventId: string; account: string; version: number; __typename: string } } | null;
  } | null;
  errors?: readonly GraphQLFault[];
}

export interface FeedArguments {
  after?: string | null | undefined;
  filter?: Record<string, string>;
}

const FEED = `subscription ($after: String, $filter: EventFilter) {
  events(after: $after, filter: $filter) { cursor node { __typename eventId account version } }
}`;

/** Opens the feed as a frontend would: server-sent events over `fetch`. */
export function openFeed(client: Client, variables: FeedArguments = {}, signal?: AbortSignal): Promise<Response> {
  return openAny(client, { query: FEED, variables }, signal);
}

function openAny({ url, token }: Client, asked: { query: string; variables: object }, signal?: AbortSignal): Promise<Response> {
  return fetch(`${url}/graphql`, {
    method: 'POST',
    headers: {
      'content-type': 'application/json',
      accept: 'text/event-stream',
      authorization: `Bearer ${token}`,
      connection: 'close',
    },
    body: JSON.stringify(asked),
    ...(signal && { signal }),
  });
}

/**
 * Opens the feed of any document and leaves it again once its beginning is enough, or after a moment: what came until then. An answer that
 * is no feed comes whole.
 */
export async function beginningOf(
  client: Client,
  asked: { query: string; variables: object },
  isEnough?: (text: string) => boolean,
) {
  const left = new AbortController();
  const response = await openAny(client, asked, left.signal);
  const { status, headers } = response;
  if (headers.get('content-type') !== 'text/event-stream') return { status, text: await response.text() };
  const leaving = isEnough ? undefined : setTimeout(() => left.abort(), 50);
  const decoder = new TextDecoder();
  let text = '';
  try {
    for await (const part of response.body ?? []) {
      text += decoder.decode(part, { stream: true });
      if (isEnough?.(text)) left.abort();
    }
  } catch (error) {
    if (!left.signal.aborted) throw error;
  }
  clearTimeout(leaving);
  return { status, text };
}

/** The feed's results. Ends if the server says that it is complete, and throws if the connection breaks before. */
export async function* follow(client: Client, variables: FeedArguments = {}): AsyncGenerator<FeedResult> {
  const left = new AbortController();
  try {
    const response = await openFeed(client, variables, left.signal);
    const isFeed = response.headers.get('content-type') === 'text/event-stream';
    if (!isFeed || !response.body) throw new Error(`HTTP ${response.status}: ${await response.text()}`);
    yield* resultsIn(response.body);
  } finally {
    left.abort();
  }
}

/** The next `count` results with events. Throws if one has an error. */
export async function take(feed: AsyncGenerator<FeedResult>, count: number) {
  const edges = [];
  while (edges.length < count) {
    const { value, done } = await feed.next();
    if (done || !value.data?.events) throw new Error(`No event: ${JSON.stringify(value)}`);
    edges.push(value.data.events);
  }
  return edges;
}
