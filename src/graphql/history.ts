import type { Viewer } from '../auth/viewer.js';
import type { HistoryFilter } from '../projections/history.js';
import { Account } from './account.js';
import { builder } from './builder.js';
import { Forbidden } from './errors.js';
import { Event, EventConnection, EventType, eventPage } from './event.js';
import { ApiKey } from './key.js';
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
      description: "Since this instant, by the log's clock: the latest `at` of an event and all before it.",
    }),
    to: t.field({ type: 'DateTime', required: false, description: "Before this instant, by the log's clock." }),
  }),
});

builder.queryField('events', (t) =>
  t.connection(
    {
      type: Event,
      description: 'The events of the ledger in commit order: all for an auditor, those of its own account for an owner.',
      authScopes: { keyReader: true },
      args: {
        filter: t.arg({
          type: EventFilter,
          required: false,
          description: 'Which events; all that you may see where nothing is said.',
        }),
      },
      resolve: (_, { filter, ...page }, { viewer, history }) => {
        const { account, keyId, type, actor, from, to } = filter ?? {};
        const wanted = {
          account: account ?? undefined,
          keyId: keyId ?? undefined,
          type: type ?? undefined,
          actor: actor ?? undefined,
          from: from?.getTime(),
          to: to?.getTime(),
        };
        return eventPage(history(), visible(wanted, viewer), page);
      },
    },
    EventConnection,
  ),
);

builder.objectField(Account, 'history', (t) =>
  t.connection(
    {
      type: Event,
      description: 'Its events in commit order: everything that ever happened to its keys.',
      resolve: ({ accountId }, page, { history }) => eventPage(history(), { account: accountId }, page),
    },
    EventConnection,
  ),
);

builder.objectField(ApiKey, 'history', (t) =>
  t.connection(
    {
      type: Event,
      description: 'The events about this key, in commit order.',
      resolve: ({ keyId }, page, { history }) => eventPage(history(), { keyId }, page),
    },
    EventConnection,
  ),
);

/** An owner's filter never leaves its account. */
function visible(filter: HistoryFilter, viewer: Viewer): HistoryFilter {
  const account = filter.account ?? (viewer.roles.has('auditor') ? undefined : viewer.account);
  if (account !== undefined && !mayRead(account, viewer))
    throw new Forbidden('Only an auditor may see the events of another account.');
  return { ...filter, account };
}
