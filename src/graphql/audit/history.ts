import type { Viewer } from '../../auth/viewer.js';
import type { HistoryFilter } from '../../projections/audit/history.js';
import type { TimeRange } from '../../projections/engine/page.js';
import { builder } from '../api/builder.js';
import { Forbidden } from '../api/errors.js';
import { fromCursor, PAGE_ARGUMENTS, toCursor } from '../api/page.js';
import { historyOf } from '../api/projections.js';
import { recordRead } from '../api/record-read.js';
import { toTimeRange } from '../api/time-range.js';
import { mayReadHistory, requireHistory } from '../api/visible-account.js';
import { Account } from '../keys/account.js';
import { ApiKey } from '../keys/key.js';
import { DeletedKey } from './deleted-key.js';
import { EventConnection, EventEdge, EventType, eventPage, KeyEvent } from './event.js';
import { eventFeed, TokenExpired } from './event-feed.js';
import { FEED_LIMITS } from './open-feeds.js';

const EventFilter = builder.inputType('EventFilter', {
  description: 'Which events to give. An event must match everything that you give.',
  fields: (t) => ({
    account: t.string({
      required: false,
      description: 'The id of the account. Owners see their own account; for another one the error is `FORBIDDEN`.',
    }),
    keyId: t.string({ required: false, description: 'The id of the key that the event is about.' }),
    type: t.field({ type: EventType, required: false, description: 'The type of the event.' }),
    actor: t.string({ required: false, description: 'Who caused the event, exactly as in `actor`.' }),
    from: t.field({
      type: 'DateTime',
      required: false,
      description: 'The earliest `at` of an event, included.',
    }),
    to: t.field({
      type: 'DateTime',
      required: false,
      description: 'The latest `at` of an event, excluded. It must be after `from`.',
    }),
  }),
});

/** The `filter` argument of pages and of the feed. */
const FILTER = {
  type: EventFilter,
  required: false,
  description: 'Which events to give. The default is all that you may see.',
} as const;

builder.queryField('events', (t) =>
  t.connection(
    {
      type: KeyEvent,
      nullable: true,
      description:
        'Events of the log. Auditors see all events, and owners those of their account. They come in the order of the log. With `from` or `to` they come in the order of `at`; a cursor of the other order is refused with `BAD_USER_INPUT`. The read is recorded (see `reads`).',
      authScopes: { historyReader: true },
      args: {
        filter: t.arg(FILTER),
      },
      resolve: async (_, { filter, ...page }, context) => {
        const wanted = visible(filter, context.viewer);
        recordRead(context, 'events', wanted);
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
    description: `Events of the log, in the order of the log: first the past ones, then each new one when it happens. Auditors see all events, and owners those of their account. When a connection ends, continue with \`after\` set to the last cursor: no event is then missing or repeated. The stream ends with the error \`UNAUTHENTICATED\` when the token expires, and after a day. With \`to\` it ends when that time is over. A viewer has at most ${FEED_LIMITS.perViewer} open feeds; one more is refused with \`TOO_MANY_FEEDS\`. The read is recorded (see \`reads\`).`,
    authScopes: { historyReader: true },
    args: {
      filter: t.arg(FILTER),
      after: t.arg.string({
        required: false,
        description: 'The cursor of the last event that you have. The default is to begin with the first event.',
      }),
    },
    subscribe: (_, { filter, after }, context) => {
      const { viewer, history, feed, feeds, clock } = context;
      history.filled();
      const wanted = visible(filter, viewer);
      const start = fromCursor(after ?? undefined, 'after') ?? 0;
      const onEnd = feeds.open(viewer);
      recordRead(context, 'Subscription.events', wanted, start);
      return eventFeed({
        feed,
        filter: wanted,
        after: start,
        validFor: viewer.acceptedUntil - clock(),
        onEnd,
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
      type: KeyEvent,
      nullable: true,
      description: 'All events of the account, in the order of the log. The read is recorded (see `reads`).',
      extensions: { arguments: PAGE_ARGUMENTS },
      resolve: async ({ accountId }, page, context) => {
        requireHistory(accountId, context.viewer);
        recordRead(context, 'Account.history', { account: accountId });
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
        type: KeyEvent,
        nullable: true,
        description: 'All events about this key, in the order of the log. The read is recorded (see `reads`).',
        extensions: { arguments: PAGE_ARGUMENTS },
        resolve: async ({ keyId }, page, context) => {
          requireHistory(context.keys.accountOfKey(keyId), context.viewer);
          recordRead(context, what, { keyId });
          return eventPage(await historyOf(context), { keyId }, page);
        },
      },
      EventConnection,
    ),
  );
}

/**
 * The filter, restricted to what the viewer may see. For an owner, it always names the own account.
 * @throws Forbidden, BadUserInput
 */
function visible(filter: typeof EventFilter.$inferInput | null | undefined, viewer: Viewer): HistoryFilter & TimeRange {
  const { keyId, type, actor } = filter ?? {};
  const account = filter?.account ?? (viewer.roles.has('auditor') ? undefined : viewer.account);
  if (account !== undefined && !mayReadHistory(account, viewer))
    throw new Forbidden(
      'Only an auditor may see the events of another account. Leave out filter.account, or use the token of an auditor.',
    );
  return {
    account,
    keyId: keyId ?? undefined,
    type: type ?? undefined,
    actor: actor ?? undefined,
    ...toTimeRange(filter ?? {}, 'filter'),
  };
}
