import type { Known } from '../../projections/analytics/analytics.js';
import type { RotationFunnel } from '../../projections/analytics/analytics-questions.js';
import { builder } from '../api/builder.js';
import { READS_EVERY_KEY } from '../api/cost.js';
import { toInt } from '../api/to-int.js';
import { Analytics, AnalyticsAnswer } from './analytics.js';

const RotationFunnelType = builder.objectRef<Known<RotationFunnel>>('RotationFunnel').implement({
  description: 'How far rotations have come. Each key counts once. If a key has several successors, the last one counts.',
  interfaces: [AnalyticsAnswer],
  fields: (t) => {
    const count = (description: string, resolve: (funnel: RotationFunnel) => number) =>
      t.int({ description, resolve: (funnel) => toInt(resolve(funnel)) });
    return {
      created: count('How many keys were ever created.', ({ created }) => created),
      rotated: count('How many of all keys were replaced by a rotation.', ({ rotated }) => rotated),
      withOverlap: count(
        'How many of the replaced keys still worked for a time: their rotation had an overlap.',
        ({ withOverlap }) => withOverlap,
      ),
      successorUsed: count(
        'How many of the replaced keys have a successor that has authenticated its holder.',
        (funnel) => funnel.successorUsed,
      ),
      completed: count(
        'How many of the replaced keys with a used successor no longer authenticate: their rotation is complete.',
        ({ completed }) => completed,
      ),
    };
  },
});

builder.objectField(Analytics, 'rotationFunnel', (t) =>
  t.field({
    type: RotationFunnelType,
    nullable: true,
    description: `How many keys were rotated, and how far their rotations have come. ${READS_EVERY_KEY}`,
    extensions: { readsEveryKey: true },
    resolve: (_root, _args, { analytics, time }) => analytics().rotationFunnel(time.signal),
  }),
);
