import { z } from 'zod';
import { type AccountCriteria, matches } from '../../domain/keys/account-criteria.js';
import { IDENTIFIER } from '../../domain/keys/identifier.js';
import { accountCursor, accountIn } from '../api/account-cursor.js';
import { builder } from '../api/builder.js';
import type { Context } from '../api/context.js';
import { connectionOf, type PageArguments } from '../api/page.js';
import { usageOf } from '../api/projections.js';
import { type AccountView, accountIfVisible } from '../api/visible-account.js';
import { Account } from './account.js';
import { ApiKey } from './key.js';
import { KEY_ID } from './perform.js';

const AccountStatus = builder.enumType('AccountStatus', {
  description: 'Whether an operator has frozen an account.',
  values: {
    OPEN: { description: 'Its owner can create, rotate and enable keys.' },
    FROZEN: { description: 'No key of it is created, rotated or enabled until an operator thaws it.' },
  } as const,
});

const seconds = z.int().min(0, 'must not be negative').nullish();
const cursor = z
  .string()
  .refine((given) => accountIn(given, IDENTIFIER) !== undefined, 'must be a cursor from an earlier answer')
  .nullish();
const ARGUMENTS = z.object({
  search: z
    .string()
    .min(1, 'must not be empty')
    .refine((value) => [...value].length <= 128, 'must have at most 128 characters')
    .nullish(),
  expiringWithinSeconds: seconds,
  unusedForSeconds: seconds,
  after: cursor,
  before: cursor,
});

builder.queryField('accounts', (t) =>
  t.connection(
    {
      type: Account,
      nullable: true,
      description:
        'The accounts that have ever held a key and match everything that you give, in the order of their ids. For operators. An account whose events cannot be read is left out; the query `account` answers `ACCOUNT_UNREADABLE` for it.',
      authScopes: { operator: true },
      args: {
        search: t.arg.string({
          required: false,
          description:
            'A part of the id of the account, or of the id or the name of a key that it holds. Upper and lower case are the same.',
        }),
        status: t.arg({ type: AccountStatus, required: false, description: 'Whether the account is frozen.' }),
        expiringWithinSeconds: t.arg.int({
          required: false,
          description: 'The account holds an active key that expires within that time from now, in seconds.',
        }),
        unusedForSeconds: t.arg.int({
          required: false,
          description:
            'The account holds an active key that was neither created nor used for that long, in seconds. Together with `expiringWithinSeconds`, one key must match both.',
        }),
        atLimit: t.arg.boolean({ required: false, description: 'Whether the account holds as many keys as it may.' }),
      },
      extensions: { arguments: ARGUMENTS },
      resolve: (_root, { search, status, expiringWithinSeconds, unusedForSeconds, atLimit, ...page }, context) => {
        const now = context.clock();
        const criteria = {
          search: search ?? undefined,
          frozen: status ? status === 'FROZEN' : undefined,
          expiringUntil: typeof expiringWithinSeconds === 'number' ? now + expiringWithinSeconds * 1000 : undefined,
          unusedSince: typeof unusedForSeconds === 'number' ? now - unusedForSeconds * 1000 : undefined,
          atLimit: atLimit ?? undefined,
        };
        return accountPage(criteria, now, page, context);
      },
    },
    { name: 'AccountConnection', description: 'A page of accounts (GraphQL Cursor Connections Specification).' },
    { name: 'AccountEdge', description: 'An account, and its cursor.' },
  ),
);

builder.queryField('key', (t) =>
  t.field({
    type: ApiKey,
    nullable: true,
    description:
      'A key that an account holds, by its id. Null if there is no such key, if it was deleted, or if you may not see it. Error: `ACCOUNT_UNREADABLE` if the events of its account cannot be read.',
    authScopes: { keyReader: true },
    args: { keyId: t.arg.string({ description: KEY_ID }) },
    resolve: (_root, { keyId }, context) => accountOfKey(keyId, context)?.state.keys.get(keyId),
  }),
);

builder.objectField(ApiKey, 'account', (t) =>
  t.field({
    type: Account,
    nullable: true,
    description: 'The account that holds the key.',
    resolve: ({ keyId }, _args, context) => accountOfKey(keyId, context),
  }),
);

function accountOfKey(keyId: string, { keys, viewer }: Context) {
  const account = keys.accountOfKey(keyId);
  return account === undefined ? undefined : accountIfVisible(account, viewer, keys);
}

async function accountPage(criteria: AccountCriteria, now: number, args: PageArguments, context: Context) {
  const { accounts, time } = context;
  const usage = criteria.unusedSince === undefined ? undefined : await usageOf(context);
  const lastUsedAt = (keyId: string) => usage?.lastUsedAt(keyId, now);
  return connectionOf<AccountView>(
    args,
    ({ accountId }) => accountCursor(accountId),
    async ({ after, before, limit, inverted }) => {
      const idIn = (cursor: string | undefined) => (cursor === undefined ? undefined : accountIn(cursor, IDENTIFIER));
      const part = { after: idIn(after), before: idIn(before), limit, backward: inverted };
      const found = await accounts.find(
        part,
        ({ accountId, ...state }) => matches(criteria, { accountId, state, now, lastUsedAt }),
        time.signal,
      );
      return found.map(({ accountId, ...state }) => ({
        accountId,
        state: { ...state, issued: new Set<string>(), made: new Map() },
      }));
    },
  );
}
