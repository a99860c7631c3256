import { canonicalOf, faultIn, type HistoryEvent, type HistoryFilter, type HistoryProjection } from '../projections/history.js';
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

/** What GraphQL's Int can hold. */
const GREATEST_INT = 2 ** 31 - 1;

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
    schemaVersion: t.int({
      description: 'The shape of its data, counted from 1 for each type.',
      resolve: ({ schemaVersion }) => Math.min(schemaVersion, GREATEST_INT),
    }),
    account: t.exposeString('account', { description: 'The account whose keys it is about.' }),
    version: t.exposeInt('version', { description: 'Its place among the events of its account, from 1.' }),
    position: t.string({
      description: 'Its place among all events of this store: a number, ordered, with gaps.',
      resolve: ({ position }) => String(position),
    }),
    at: t.field({
      type: 'DateTime',
      description: 'When it happened; where that cannot be read, when the event before it in the log did.',
      resolve: ({ at }) => new Date(at),
    }),
    actor: t.exposeString('actor', {
      description:
        'Who caused it: the subject of a token, `system:…`, or `anonymous:leak-report`. Empty where that cannot be read.',
    }),
    correlationId: t.exposeString('correlationId', {
      description: 'The `x-request-id` of the request that caused it. Empty where that cannot be read.',
    }),
    data: t.field({
      type: 'JSON',
      description: "What is in it, without the hash of the key's secret.",
      resolve: ({ data }) => Object.fromEntries(Object.entries(data).filter(([name]) => name !== 'secretHash')),
    }),
    unreadable: t.string({
      nullable: true,
      description:
        'Why this version of Keyledger cannot read the event, which is shown as far as it can be; null where it can. While its account cannot be read on, its keys are refused.',
      resolve: (event) => faultIn(event),
    }),
    canonical: t.string({
      nullable: true,
      description:
        'Exactly the text that the transparency log holds of it: canonical JSON (RFC 8785) of account, version, type, schemaVersion, id, data and metadata as stored. Null where what is stored is no JSON: such an event has no leaf.',
      resolve: (event) => canonicalOf(event),
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
