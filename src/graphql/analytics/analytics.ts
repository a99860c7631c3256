import type { Known, Moment, Totals } from '../../projections/analytics/analytics.js';
import type { Flow } from '../../projections/analytics/analytics-metrics.js';
import { builder } from '../api/builder.js';
import { toInt } from '../api/to-int.js';

/** The fields that every answer of the analytics has. */
export const AnalyticsAnswer = builder.interfaceRef<Moment>('AnalyticsAnswer').implement({
  description: 'An answer that is computed from the history. It says how much of the history it counts.',
  fields: (t) => ({
    position: t.string({
      description:
        'The position in the log of the last event of keys that is counted. It is a whole number, as text; `0` if there is no event.',
      resolve: ({ position }) => String(position),
    }),
    usagePosition: t.string({
      description:
        'The position in the log of the last record of uses and refusals that is counted. It is a whole number, as text; `0` if there is no record.',
      resolve: ({ usagePosition }) => String(usagePosition),
    }),
    at: t.field({
      type: 'DateTime',
      description: 'The instant for which the answer is true: now. Events of this very instant may be missing.',
      resolve: ({ at }) => new Date(at),
    }),
  }),
});

const AnalyticsTotals = builder.objectRef<Known<Totals>>('AnalyticsTotals').implement({
  description:
    'Counts of all that ever happened, and of what there is now. The greatest count is 2147483647, which also stands for all greater counts.',
  interfaces: [AnalyticsAnswer],
  fields: (t) => {
    const count = (description: string, resolve: (totals: Totals) => number) =>
      t.int({ description, resolve: (totals) => toInt(resolve(totals)) });
    const sum = (flow: Flow, description: string) => count(description, ({ flows }) => flows.get(flow) ?? 0);
    return {
      accounts: count('How many accounts have ever held a key.', ({ accounts }) => accounts),
      accountsAtLimit: count(
        'How many accounts hold as many keys as they may, now. Disabled keys count, and expired keys do not.',
        (totals) => totals.accountsAtLimit,
      ),
      activeKeys: count('How many keys authenticate now.', ({ activeKeys }) => activeKeys),
      keysCreated: sum('KEYS_CREATED', 'How many keys were ever created. A rotation creates one.'),
      keysUsed: count('How many keys have ever authenticated their holder.', ({ usedKeys }) => usedKeys),
      keysRotated: sum('KEYS_ROTATED', 'How many keys were created by a rotation.'),
      keysDeleted: sum('KEYS_DELETED', 'How many keys were deleted, for any reason.'),
      keysDeletedRequested: sum('KEYS_DELETED_REQUESTED', 'How many keys were deleted because their owner asked for it.'),
      keysDeletedRotated: sum(
        'KEYS_DELETED_ROTATED',
        'How many keys were deleted because a rotation without an overlap replaced them.',
      ),
      keysDeletedExpired: sum(
        'KEYS_DELETED_EXPIRED',
        'How many keys were deleted because they had expired and their slot was needed. A key that has expired is not deleted before that.',
      ),
      keysDeletedLeaked: sum('KEYS_DELETED_LEAKED', 'How many keys were deleted because their secret was reported as leaked.'),
      keysDeletedRevoked: sum('KEYS_DELETED_REVOKED', 'How many keys were deleted by an operator.'),
      keysDisabled: sum('KEYS_DISABLED', 'How often a key was disabled.'),
      keysEnabled: sum('KEYS_ENABLED', 'How often a disabled key was enabled.'),
      createsRefused: t.float({
        description:
          'How often the limit refused a key: creates, and rotations with an overlap. It is a whole number. A refusal counts about a quarter of an hour later.',
        resolve: ({ flows }) => flows.get('CREATES_REFUSED') ?? 0,
      }),
      verifications: t.float({
        description: 'How often keys authenticated their holders. It is a whole number. A use counts about ten seconds later.',
        resolve: ({ flows }) => flows.get('VERIFICATIONS') ?? 0,
      }),
    };
  },
});

/** The root of all analytics. It holds no data: each field reads its own. */
export const Analytics = builder.objectRef<object>('Analytics').implement({
  description:
    'How keys are used, in numbers. There are no names and no actors, and pseudonyms in place of the ids of accounts.',
  fields: (t) => ({
    totals: t.field({
      type: AnalyticsTotals,
      nullable: true,
      description:
        'Counts of all that ever happened, and of what there is now. The greatest count is 2147483647, which also stands for all greater counts.',
      resolve: (_root, _args, { analytics, time }) => analytics().totals(time.signal),
    }),
  }),
});

builder.queryField('analytics', (t) =>
  t.field({
    type: Analytics,
    nullable: true,
    description:
      'How keys are used, in numbers. For analysts. Errors: `NO_PSEUDONYM_KEY` if the server has no key for pseudonyms; `NOT_READY` while the analytics are filled from the log.',
    authScopes: { analyst: true },
    resolve: () => ({}),
  }),
);
