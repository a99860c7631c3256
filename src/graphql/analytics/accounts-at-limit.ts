import type { Moment } from '../../projections/analytics/analytics.js';
import type { AccountAtLimit } from '../../projections/analytics/analytics-questions.js';
import { accountCursor, accountIn } from '../api/account-cursor.js';
import { builder } from '../api/builder.js';
import type { Context } from '../api/context.js';
import { BadUserInput } from '../api/errors.js';
import { connectionOf, type PageArguments } from '../api/page.js';
import { toInt } from '../api/to-int.js';
import { Analytics, AnalyticsAnswer } from './analytics.js';

const PSEUDONYM = /^[0-9a-f]{32}$/;

const AccountAtLimitType = builder.objectRef<AccountAtLimit>('AccountAtLimit').implement({
  description: 'An account that holds as many keys as it may. Disabled keys count, and expired keys do not.',
  fields: (t) => ({
    account: t.exposeString('account', {
      description:
        'The pseudonym of the account: 32 hexadecimal digits. It is the same in every answer to analysts, and does not lead to the id of the account.',
    }),
    since: t.field({
      type: 'DateTime',
      description: 'Since when the account is at the limit.',
      resolve: ({ since }) => new Date(since),
    }),
    until: t.field({
      type: 'DateTime',
      nullable: true,
      description:
        'When the account leaves the limit if nobody changes anything: one of its keys expires then. Null if none of its keys expires.',
      resolve: ({ until }) => (until === null ? null : new Date(until)),
    }),
  }),
});

builder.objectField(Analytics, 'accountsAtLimit', (t) =>
  t.connection(
    {
      type: AccountAtLimitType,
      nullable: true,
      description: 'The accounts that hold as many keys as they may, now, in the order of their pseudonyms.',
      resolve: (_root: object, args: PageArguments, context: Context) => pageOf(args, context),
    },
    {
      name: 'AccountAtLimitConnection',
      description: 'A page of accounts at the limit (GraphQL Cursor Connections Specification).',
      interfaces: [AnalyticsAnswer],
      fields: (t) => ({
        totalCount: t.int({
          description: 'How many accounts are at the limit, on all pages together.',
          resolve: ({ totalCount }) => totalCount,
        }),
      }),
    },
    { name: 'AccountAtLimitEdge', description: 'An account at the limit, and its cursor.' },
  ),
);

/** A page of accounts, with the moment that it describes. */
async function pageOf(args: PageArguments, { analytics, time }: Context) {
  let known: (Moment & { totalCount: number }) | undefined;
  const connection = await connectionOf<AccountAtLimit>(
    args,
    ({ account }) => accountCursor(account),
    async ({ after, before, limit, inverted }) => {
      const page = { after: fromCursor(after, 'after'), before: fromCursor(before, 'before'), limit, backward: inverted };
      const { accounts, count, ...moment } = await analytics().accountsAtLimit(page, time.signal);
      known = { ...moment, totalCount: toInt(count) };
      return accounts;
    },
  );
  if (!known) throw new Error('The page was not read.');
  return { ...connection, ...known };
}

/** @throws BadUserInput */
function fromCursor(cursor: string | undefined, argument: string): string | undefined {
  if (cursor === undefined) return undefined;
  const account = accountIn(cursor, PSEUDONYM);
  if (account === undefined) throw new BadUserInput(`${argument} must be a cursor from an earlier answer`, [argument]);
  return account;
}
