import { GRAPHQL_MAX_INT } from 'graphql';
import type { Known, Moment, Totals } from '../projections/analytics.js';
import type { Flow } from '../projections/analytics-metrics.js';
import { builder } from './builder.js';

/** What every answer to an analyst tells of itself. */
export const AnalyticsAnswer = builder.interfaceRef<Moment>('AnalyticsAnswer').implement({
  description: 'An answer computed from the history, and what it is true of.',
  fields: (t) => ({
    position: t.string({
      description: 'The position of the last event of keys that is counted in it; 0 before the first.',
      resolve: ({ position }) => String(position),
    }),
    usagePosition: t.string({
      description: 'The position of the last record of uses and refusals that is counted in it; 0 before the first.',
      resolve: ({ usagePosition }) => String(usagePosition),
    }),
    at: t.field({
      type: 'DateTime',
      description: 'The instant for which it is true: the present. Of what happened at that very instant, it may lack some.',
      resolve: ({ at }) => new Date(at),
    }),
  }),
});

/** A count as GraphQL can tell it. */
export function toInt(count: number): number {
  return Math.min(count, GRAPHQL_MAX_INT);
}

const AnalyticsTotals = builder.objectRef<Known<Totals>>('AnalyticsTotals').implement({
  description: 'All that ever happened, in numbers, and what there is now.',
  interfaces: [AnalyticsAnswer],
  fields: (t) => {
    const count = (description: string, resolve: (totals: Totals) => number) =>
      t.int({ description, resolve: (totals) => toInt(resolve(totals)) });
    const sum = (flow: Flow, description: string) => count(description, ({ flows }) => flows.get(flow) ?? 0);
    return {
      accounts: count('How many accounts have ever held a key.', ({ accounts }) => accounts),
      accountsAtLimit: count('How many accounts hold as many active keys as they may.', (totals) => totals.accountsAtLimit),
      activeKeys: count('How many keys authenticate.', ({ activeKeys }) => activeKeys),
      keysCreated: sum('KEYS_CREATED', 'How many keys were ever created; rotations create one each.'),
      keysUsed: count('How many of them have ever authenticated their holder.', ({ usedKeys }) => usedKeys),
      keysRotated: sum('KEYS_ROTATED', 'How many of them were made by a rotation.'),
      keysDeleted: sum('KEYS_DELETED', 'How many keys were deleted, for whatever reason.'),
      keysDeletedRequested: sum('KEYS_DELETED_REQUESTED', 'How many of them because their owners asked for it.'),
      keysDeletedRotated: sum('KEYS_DELETED_ROTATED', 'How many of them because a rotation without an overlap replaced them.'),
      keysDeletedExpired: sum(
        'KEYS_DELETED_EXPIRED',
        'How many of them because they had expired and their place was needed; a key that has only expired is not deleted.',
      ),
      keysDeletedLeaked: sum('KEYS_DELETED_LEAKED', 'How many of them because their secret was reported as leaked.'),
      createsRefused: t.float({
        description: 'How often the limit refused a further key: creates, and rotations with an overlap. A whole number.',
        resolve: ({ flows }) => flows.get('CREATES_REFUSED') ?? 0,
      }),
      verifications: t.float({
        description: 'How often keys authenticated their holders. A whole number.',
        resolve: ({ flows }) => flows.get('VERIFICATIONS') ?? 0,
      }),
    };
  },
});

/** The beginning of all of an analyst's questions; what it answers is read when a field asks for it. */
export const Analytics = builder.objectRef<object>('Analytics').implement({
  description:
    'How keys are used, in numbers: no names, no actors, and pseudonyms for accounts. Each answer tells what it is true of.',
  fields: (t) => ({
    totals: t.field({
      type: AnalyticsTotals,
      nullable: true,
      description: 'All that ever happened, in numbers, and what there is now.',
      resolve: (_root, _args, { analytics }) => analytics().totals(),
    }),
  }),
});

builder.queryField('analytics', (t) =>
  t.field({
    type: Analytics,
    nullable: true,
    description: 'How keys are used, in numbers. For analysts.',
    authScopes: { analyst: true },
    resolve: () => ({}),
  }),
);
