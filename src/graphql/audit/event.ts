import type { PastKeyEvent } from '../../domain/keys/model.js';
import { UnreadableStream } from '../../domain/keys/refusals.js';
import type { HistoryFilter, HistoryProjection } from '../../projections/audit/history.js';
import { canonicalOf, type HistoryEvent, readingOf } from '../../projections/audit/history-event.js';
import type { TimeRange } from '../../projections/engine/page.js';
import { builder } from '../api/builder.js';
import { type PageArguments, pageOf, pageOfTime } from '../api/page.js';
import { toInt } from '../api/to-int.js';

export const EventType = builder.enumType('EventType', {
  description: 'The type of an event: what happened.',
  values: {
    KEY_CREATED: { value: 'KeyCreated', description: 'A key was created (`KeyCreated`).' },
    KEY_DELETED: { value: 'KeyDeleted', description: 'A key was deleted, for good (`KeyDeleted`).' },
    KEY_EXPIRY_SET: {
      value: 'KeyExpirySet',
      description: 'A rotation with an overlap gave the old key an end (`KeyExpirySet`).',
    },
    KEY_RENAMED: { value: 'KeyRenamed', description: 'A key was given another name (`KeyRenamed`).' },
    KEY_DISABLED: { value: 'KeyDisabled', description: 'A key was disabled (`KeyDisabled`).' },
    KEY_ENABLED: { value: 'KeyEnabled', description: 'A disabled key was enabled (`KeyEnabled`).' },
    ACCOUNT_FROZEN: { value: 'AccountFrozen', description: 'An operator froze the account (`AccountFrozen`).' },
    ACCOUNT_THAWED: { value: 'AccountThawed', description: 'An operator ended the freeze (`AccountThawed`).' },
  } as const,
});

const readings = new WeakMap<HistoryEvent, PastKeyEvent | UnreadableStream>();

/** The event as this version reads it, or why it cannot. The result is cached, since an answer needs it several times. */
export function eventIn(event: HistoryEvent): PastKeyEvent | UnreadableStream {
  const known = readings.get(event);
  if (known) return known;
  const reading = readingOf(event);
  readings.set(event, reading);
  return reading;
}

/** The name of the GraphQL type of the event: its stored type, or `UnknownKeyEvent`. */
export function typeNameOf(event: HistoryEvent): PastKeyEvent['type'] | 'UnknownKeyEvent' {
  const reading = eventIn(event);
  return reading instanceof UnreadableStream ? 'UnknownKeyEvent' : reading.type;
}

export const KeyEvent = builder.interfaceRef<HistoryEvent>('KeyEvent').implement({
  description:
    'An event of the log: one change of one account, or of one of its keys. `__typename` says what happened. Events never change, and are never removed.',
  interfaces: [builder.nodeInterfaceRef()],
  resolveType: typeNameOf,
  fields: (t) => ({
    eventId: t.exposeString('id', { description: 'The id of the event in the log: a UUID.' }),
    schemaVersion: t.int({
      description: 'The version of the form in which the event is stored, counted from 1 for each type.',
      resolve: ({ schemaVersion }) => toInt(schemaVersion),
    }),
    account: t.exposeString('account', { description: 'The id of the account whose keys the event is about.' }),
    version: t.exposeInt('version', {
      description: 'The place of the event among the events of its account, from 1, without gaps.',
    }),
    position: t.string({
      description:
        'The place of the event in the whole log: a whole number, as text. Positions grow, with gaps. The positions change if the log is moved to another store.',
      resolve: ({ position }) => String(position),
    }),
    at: t.field({
      type: 'DateTime',
      description: 'When it happened. If that cannot be read, the time of the event before it in the log.',
      resolve: ({ at }) => new Date(at),
    }),
    actor: t.exposeString('actor', {
      description:
        'Who caused it: the subject of a token, `system:expiry`, `system:recovery`, `anonymous:leak-report`, or `local:…` with the user of the operating system who ran a command. Empty if it cannot be read.',
    }),
    correlationId: t.exposeString('correlationId', {
      description: 'The `x-request-id` of the answer to the request that caused it. Empty if it cannot be read.',
    }),
    unreadable: t.string({
      nullable: true,
      description:
        'Why this version of Keyledger cannot read the event, which is then an `UnknownKeyEvent`. Null if it can. The keys of its account are refused until the operator has repaired the event.',
      resolve: (event) => {
        const reading = eventIn(event);
        return reading instanceof UnreadableStream ? reading.message : null;
      },
    }),
    canonical: t.string({
      nullable: true,
      description:
        'The exact text of the event in the transparency log: canonical JSON (RFC 8785) of account, version, type, schemaVersion, id, data and metadata, as stored. Null if the stored event is not JSON: it then has no leaf.',
      resolve: (event) => canonicalOf(event),
    }),
  }),
});

/** An event and its cursor, for pages and for the feed. */
export const EventEdge = builder.edgeObject({ type: KeyEvent, name: 'EventEdge', description: 'An event, and its cursor.' });

/** A page of events, for all fields that return one. */
export const EventConnection = builder.connectionObject(
  { type: KeyEvent, name: 'EventConnection', description: 'A page of events (GraphQL Cursor Connections Specification).' },
  EventEdge,
);

/** A page of the matching events, in commit order; with a time range, ordered by time. */
export function eventPage(history: HistoryProjection, { from, to, ...filter }: HistoryFilter & TimeRange, args: PageArguments) {
  if (from === undefined && to === undefined) return pageOf(args, (page) => history.findPage(filter, page));
  return pageOfTime(args, (page) => history.findPageOfTime(filter, { from, to }, page));
}
