import { GRAPHQL_MAX_INT } from 'graphql';
import { DAY, dayOf } from '../../domain/usage/key-usage.js';
import type { DailyUse } from '../../projections/usage/usage.js';
import { builder } from '../api/builder.js';
import { DAYS } from '../api/list-lengths.js';
import { usageOf } from '../api/projections.js';
import { toInt } from '../api/to-int.js';
import { DeletedKey } from '../audit/deleted-key.js';
import { ApiKey } from '../keys/key.js';

const UsageDay = builder.objectRef<DailyUse>('UsageDay').implement({
  description: 'How often a key was used on one day.',
  fields: (t) => ({
    day: t.exposeString('day', { description: 'The day, in UTC (RFC 3339): `2026-11-23`.' }),
    count: t.int({
      description: `How often the key authenticated its holder. The greatest count is ${GRAPHQL_MAX_INT}, which also stands for all greater counts.`,
      resolve: ({ count }) => toInt(count),
    }),
  }),
});

for (const type of [ApiKey, DeletedKey] as const) {
  builder.objectField(type, 'lastUsedAt', (t) =>
    t.field({
      type: 'DateTime',
      nullable: true,
      description:
        'When the key last authenticated its holder. A use is known about ten seconds later. Null if the key was never used.',
      resolve: async ({ keyId }, _, context) => {
        const lastUsedAt = (await usageOf(context)).lastUsedAt(keyId, context.clock());
        return lastUsedAt === undefined ? null : new Date(lastUsedAt);
      },
    }),
  );
}

builder.objectField(ApiKey, 'usage', (t) =>
  t.field({
    type: [UsageDay],
    nullable: true,
    description:
      'How often the key was used on each of the last days, today included, the earliest first. A use counts about ten seconds later.',
    args: {
      days: t.arg.int({
        required: false,
        defaultValue: DAYS.defaultSize,
        description: `How many days to give: ${DAYS.minSize} to ${DAYS.maxSize}. The default is ${DAYS.defaultSize}.`,
      }),
    },
    resolve: async ({ keyId }, { days: given }, context) => {
      const days = given ?? DAYS.defaultSize;
      const usage = await usageOf(context);
      const now = context.clock();
      const first = now - (days - 1) * DAY;
      const counts = new Map(usage.daily(keyId, dayOf(first), dayOf(now)).map(({ day, count }) => [day, count]));
      return Array.from({ length: days }, (_, index) => {
        const day = dayOf(first + index * DAY);
        return { day, count: counts.get(day) ?? 0 };
      });
    },
  }),
);
