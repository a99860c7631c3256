import type { Viewer } from '../auth/viewer.js';
import type { HistoryFilter } from '../projections/history.js';
import type { TimeRange } from '../projections/page.js';
import { Account } from './account.js';
import { builder } from './builder.js';
import { DeletedKey } from './deleted-key.js';
import { Forbidden } from './errors.js';
import { Event, EventConnection, EventEdge, EventType, eventPage } from './event.js';
import { eventFeed, TokenExpired } from './event-feed.js';
import { ApiKey } from './key.js';
import { noteRead } from './note-read.js';
import { fromCursor, PAGE_ARGUMENTS, toCursor } from './page.js';
import { historyOf } from './projections.js';
import { mayRead } from './visible-account.js';

const EventFilter = builder.inputType('EventFilter', {
  description: 'Which events: those that match everything that is given.',
  fields: (t) => ({
    account: t.string({ required: false, description: 'Of this account; an owner sees its own alone.' }),
    keyId: t.string({ required: false, description: 'About this key.' }),
    type: t.field({ type: EventType, required: false, description: 'Of this type.' }),
    actor: t.string({ required: false, description: 'Caused by this subject.' }),
    from: t.field({
      type: 'DateTime',
      required: false,
      description: 'Since this instant, by the `at` of each event.',
    }),
    to: t.field({ type: 'DateTime', required: false, description: 'Before this instant, by the `at` of each event.' }),
  }),
});

/** The argument of a page and of the feed. */
const FILTER = {
  type: EventFilter,
  required: false,
  description: 'Which events; all that you may see where nothing is said.',
} as const;

builder.queryField('events', (t) =>
  t.connection(
    {
      type: Event,
      nullable: true,
      description:
        'The events of the ledger: all for an auditor, those of its own account for an owner. In commit order; with `from` or `to`, in the order of their times, and such a page takes no cursor of the other order.',
      authScopes: { keyReader: true },
      args: {
        filter: t.arg(FILTER),
      },
      resolve: async (_, { filter, ...page }, context) => {
        const wanted = visible(filter, context.viewer);
        noteRead(context, 'events', wanted);
        return eventPage(await historyOf(context), wanted, page);
      },
    },
    EventConnection,
  ),
);

builder.subscriptionField('events', (t) =>
  t.field({
    type: EventEdge,
    nullable: true,
    description:
      'The events of the ledger in commit order, also with `from` or `to`: first those that are there, then each new one as it comes; all for an auditor, those of its own account for an owner. Ends with the token, and with `to` when that time is over; whoever goes on after the last cursor misses none and sees none twice.',
    authScopes: { keyReader: true },
    args: {
      filter: t.arg(FILTER),
      after: t.arg.string({
        required: false,
        description: 'The cursor to go on after; from the first event on where nothing is said.',
      }),
    },
    subscribe: (_, { filter, after }, context) => {
      const { viewer, history, feed, clock } = context;
      history.filled();
      const wanted = visible(filter, viewer);
      const start = fromCursor(after ?? undefined, 'after') ?? 0;
      noteRead(context, 'Subscription.events', wanted, start);
      return eventFeed({
        feed,
        filter: wanted,
        after: start,
        validFor: viewer.acceptedUntil - clock(),
      });
    },
    resolve: (item) => {
      if (item instanceof TokenExpired) throw item;
      return { cursor: toCursor(item.position), node: item };
    },
  }),
);

builder.objectField(Account, 'history', (t) =>
  t.connection(
    {
      type: Event,
      nullable: true,
      description: 'Its events in commit order: everything that ever happened to its keys.',
      extensions: { arguments: PAGE_ARGUMENTS },
      resolve: async ({ accountId }, page, context) => {
        noteRead(context, 'Account.history', { account: accountId });
        return eventPage(await historyOf(context), { account: accountId }, page);
      },
    },
    EventConnection,
  ),
);

for (const [type, what] of [
  [ApiKey, 'ApiKey.history'],
  [DeletedKey, 'DeletedKey.history'],
] as const) {
  builder.objectField(type, 'history', (t) =>
    t.connection(
      {
        type: Event,
        nullable: true,
        description: 'The events about this key, in commit order.',
        extensions: { arguments: PAGE_ARGUMENTS },
        resolve: async ({ keyId }, page, context) => {
          noteRead(context, what, { keyId });
          return eventPage(await historyOf(context), { keyId }, page);
        },
      },
      EventConnection,
    ),
  );
}

/**
 * What is asked for, as far as the viewer may see it: an owner's filter never leaves its account.
 * @throws Forbidden
 */
function visible(filter: typeof EventFilter.$inferInput | null | undefined, viewer: Viewer): HistoryFilter & TimeRange {
  const { keyId, type, actor, from, to } = filter ?? {};
  const account = filter?.account ?? (viewer.roles.has('auditor') ? undefined : viewer.account);
  if (account !== undefined && !mayRead(account, viewer))
    throw new Forbidden('Only an auditor may see the events of another account.');
  return {
    account,
    keyId: keyId ?? undefined,
    type: type ?? undefined,
    actor: actor ?? undefined,
    from: from?.getTime(),
    to: to?.getTime(),
  };
}
