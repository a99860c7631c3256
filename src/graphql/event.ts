import { canonicalLeaf } from '../domain/leaf.js';
import type { HistoryEvent, HistoryFilter, HistoryProjection } from '../projections/history.js';
import type { TimeRange } from '../projections/page.js';
import { builder, GLOBAL_ID } from './builder.js';
import { noteRead } from './note-read.js';
import { type PageArguments, pageOf, pageOfTime } from './page.js';
import { historyOf } from './projections.js';
import { mayRead } from './visible-account.js';

builder.scalarType('JSON', { description: 'Any JSON value.', serialize: (value) => value });

export const EventType = builder.enumType('EventType', {
  description: 'What an event says.',
  values: {
    KeyCreated: { description: 'A key came into being.' },
    KeyDeleted: { description: 'A key ended, for good.' },
    KeyExpirySet: { description: 'A rotation left the old key an overlap.' },
  } as const,
});

export const Event = builder.objectRef<HistoryEvent>('Event');

builder.node(Event, {
  description: 'An event in the ledger. It never changes, and there is always one after another.',
  id: { description: GLOBAL_ID, resolve: ({ id }) => id },
  loadOne: async (id, context) => {
    const event = (await historyOf(context)).find(id);
    if (!event || !mayRead(event.account, context.viewer)) return null;
    noteRead(context, 'node', { account: event.account });
    return event;
  },
  fields: (t) => ({
    eventId: t.exposeString('id', { description: 'Its id in the log: a UUID.' }),
    type: t.exposeString('type', { description: 'What it says: one of the names in `EventType`, or of a later version.' }),
    schemaVersion: t.exposeInt('schemaVersion', { description: 'The shape of its data, counted from 1 for each type.' }),
    account: t.exposeString('account', { description: 'The account whose keys it is about.' }),
    version: t.exposeInt('version', { description: 'Its place among the events of its account, from 1.' }),
    position: t.string({
      description: 'Its place among all events of this store: a number, ordered, with gaps.',
      resolve: ({ position }) => String(position),
    }),
    at: t.field({ type: 'DateTime', description: 'When it happened.', resolve: ({ at }) => new Date(at) }),
    actor: t.string({
      description: 'Who caused it: the subject of a token, `system:…`, or `anonymous:leak-report`.',
      resolve: ({ metadata }) => metadata.actor,
    }),
    correlationId: t.string({
      description: 'The `x-request-id` of the request that caused it.',
      resolve: ({ metadata }) => metadata.correlationId,
    }),
    data: t.field({
      type: 'JSON',
      description: "What is in it, without the hash of the key's secret.",
      resolve: ({ data }) => Object.fromEntries(Object.entries(data).filter(([name]) => name !== 'secretHash')),
    }),
    canonical: t.string({
      description:
        'Exactly the text that the transparency log holds of it: canonical JSON (RFC 8785) of account, version, type, schemaVersion, id, data and metadata as stored.',
      resolve: (event) => canonicalLeaf(event),
    }),
  }),
});

/** An event and where it stands, the same in a page and in the feed. */
export const EventEdge = builder.edgeObject({ type: Event, name: 'EventEdge', description: 'An event and its cursor.' });

/** A page of events, the same wherever there is one. */
export const EventConnection = builder.connectionObject(
  { type: Event, name: 'EventConnection', description: 'Events, page by page (GraphQL Cursor Connections Specification).' },
  EventEdge,
);

/** A page of the events that match: in commit order, or of a range of times, and then in the order of their times. */
export function eventPage(history: HistoryProjection, { from, to, ...filter }: HistoryFilter & TimeRange, args: PageArguments) {
  if (from === undefined && to === undefined) return pageOf(args, (page) => history.page(filter, page));
  return pageOfTime(args, (page) => history.pageOfTime(filter, { from, to }, page));
}
