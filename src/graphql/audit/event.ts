import {
  canonicalOf,
  faultIn,
  type HistoryEvent,
  type HistoryFilter,
  type HistoryProjection,
} from '../../projections/audit/history.js';
import type { TimeRange } from '../../projections/engine/page.js';
import { builder, GLOBAL_ID } from '../api/builder.js';
import { type PageArguments, pageOf, pageOfTime } from '../api/page.js';
import { historyOf } from '../api/projections.js';
import { recordRead } from '../api/record-read.js';
import { mayRead } from '../api/visible-account.js';

builder.scalarType('JSON', { description: 'A JSON value. In this API it is always an object.', serialize: (value) => value });

export const EventType = builder.enumType('EventType', {
  description: 'The type of an event: what happened.',
  values: {
    KeyCreated: { description: 'A key was created.' },
    KeyDeleted: { description: 'A key was deleted, for good.' },
    KeyExpirySet: { description: 'A rotation with an overlap gave the old key an end.' },
  } as const,
});

/** What GraphQL's Int can hold. */
const GREATEST_INT = 2 ** 31 - 1;

export const Event = builder.objectRef<HistoryEvent>('Event');

builder.node(Event, {
  description: 'An event of the log: one change of the keys of one account. Events never change, and are never removed.',
  id: { description: GLOBAL_ID, resolve: ({ id }) => id },
  loadOne: async (id, context) => {
    const event = (await historyOf(context)).find(id);
    if (!event || !mayRead(event.account, context.viewer)) return null;
    recordRead(context, 'node', { account: event.account });
    return event;
  },
  fields: (t) => ({
    eventId: t.exposeString('id', { description: 'The id of the event in the log: a UUID.' }),
    type: t.exposeString('type', {
      description: 'What happened: a name of `EventType`, or a name that a later version of Keyledger wrote.',
    }),
    schemaVersion: t.int({
      description: 'The shape of `data`, counted from 1 for each type.',
      resolve: ({ schemaVersion }) => Math.min(schemaVersion, GREATEST_INT),
    }),
    account: t.exposeString('account', { description: 'The id of the account whose keys the event is about.' }),
    version: t.exposeInt('version', {
      description: 'The place of the event among the events of its account, from 1, without gaps.',
    }),
    position: t.string({
      description:
        'The place of the event in the whole log: a whole number, as text. Positions grow, with gaps. Another store has other positions.',
      resolve: ({ position }) => String(position),
    }),
    at: t.field({
      type: 'DateTime',
      description: 'When it happened. Where that cannot be read, the time of the event before it in the log.',
      resolve: ({ at }) => new Date(at),
    }),
    actor: t.exposeString('actor', {
      description:
        'Who caused it: the subject of a token, `system:expiry`, or `anonymous:leak-report`. Empty where it cannot be read.',
    }),
    correlationId: t.exposeString('correlationId', {
      description: 'The `x-request-id` of the answer to the request that caused it. Empty where it cannot be read.',
    }),
    data: t.field({
      type: 'JSON',
      description:
        'The details of the event, by its type, without the hash of the secret. Example: `{"keyId": "key_…", "reason": "REQUESTED"}`.',
      resolve: ({ data }) => Object.fromEntries(Object.entries(data).filter(([name]) => name !== 'secretHash')),
    }),
    unreadable: t.string({
      nullable: true,
      description:
        'Why this version of Keyledger cannot read the event. Null where it can. The event is shown as far as possible. The keys of its account are refused until the operator puts it right.',
      resolve: (event) => faultIn(event),
    }),
    canonical: t.string({
      nullable: true,
      description:
        'The exact text of the event in the transparency log: canonical JSON (RFC 8785) of account, version, type, schemaVersion, id, data and metadata, as stored. Null where the stored event is no JSON: it has no leaf.',
      resolve: (event) => canonicalOf(event),
    }),
  }),
});

/** An event and where it stands, the same in a page and in the feed. */
export const EventEdge = builder.edgeObject({ type: Event, name: 'EventEdge', description: 'An event, and its cursor.' });

/** A page of events, the same wherever there is one. */
export const EventConnection = builder.connectionObject(
  { type: Event, name: 'EventConnection', description: 'A page of events (GraphQL Cursor Connections Specification).' },
  EventEdge,
);

/** A page of the events that match: in commit order, or of a range of times, and then in the order of their times. */
export function eventPage(history: HistoryProjection, { from, to, ...filter }: HistoryFilter & TimeRange, args: PageArguments) {
  if (from === undefined && to === undefined) return pageOf(args, (page) => history.page(filter, page));
  return pageOfTime(args, (page) => history.pageOfTime(filter, { from, to }, page));
}
