import { IDENTIFIER } from '../domain/identifier.js';
import { activeKeys } from '../domain/keys.js';
import { KEY_LIMIT } from '../domain/refusals.js';
import { builder, GLOBAL_ID } from './builder.js';
import { BadUserInput, Forbidden } from './errors.js';
import { ApiKey } from './key.js';
import { type AccountView, accountIfVisible } from './visible-account.js';

/** In seconds. */
const WEEK = 7 * 24 * 60 * 60;

export const Account = builder.objectRef<AccountView>('Account');

builder.node(Account, {
  description: 'An account, which holds API keys.',
  id: { description: GLOBAL_ID, resolve: ({ accountId }) => accountId },
  loadOne: (accountId, { keys, viewer }) => (IDENTIFIER.test(accountId) ? accountIfVisible(accountId, viewer, keys) : null),
  fields: (t) => ({
    accountId: t.exposeString('accountId', { description: "The account's id, as tokens name it." }),
    keyLimit: t.int({ description: 'How many active keys it may hold at a time.', resolve: () => KEY_LIMIT }),
    activeKeyCount: t.int({
      description: 'How many of its keys authenticate now.',
      resolve: ({ state }, _, { clock }) => activeKeys(state, clock()).length,
    }),
    canCreateKey: t.boolean({
      description: 'Whether the limit allows one more key now.',
      resolve: ({ state }, _, { clock }) => activeKeys(state, clock()).length < KEY_LIMIT,
    }),
    keys: t.field({
      type: [ApiKey],
      description: 'Its keys, the oldest first: the active ones, and those that have expired and were not deleted.',
      resolve: ({ state }) => [...state.keys.values()],
    }),
    expiringKeys: t.field({
      type: [ApiKey],
      nullable: true,
      description: 'Its active keys that expire soon.',
      args: {
        within: t.arg.int({
          required: false,
          defaultValue: WEEK,
          description: 'How soon, in seconds; a week where nothing is said.',
        }),
      },
      resolve: ({ state }, { within }, { clock }) => {
        const seconds = within ?? WEEK;
        if (seconds < 0) throw new BadUserInput('within must not be negative', ['within']);
        const end = clock() + seconds * 1000;
        return activeKeys(state, clock()).filter(({ expiresAt }) => expiresAt !== undefined && expiresAt <= end);
      },
    }),
  }),
});

builder.queryField('account', (t) =>
  t.field({
    type: Account,
    nullable: true,
    description: 'An account: your own, or the one that is named. An account without events holds no keys.',
    authScopes: { keyReader: true },
    args: {
      accountId: t.arg.string({
        required: false,
        description: 'Whose account; only an auditor may name another than its own.',
      }),
    },
    resolve: (_, { accountId }, { viewer, keys }) => {
      const wanted = accountId ?? viewer.account;
      if (wanted === undefined) throw new BadUserInput('accountId must be given: your token names no account', ['accountId']);
      if (!IDENTIFIER.test(wanted)) throw new BadUserInput(`accountId must match ${IDENTIFIER.source}`, ['accountId']);
      const account = accountIfVisible(wanted, viewer, keys);
      if (!account) throw new Forbidden('Only an auditor may see the account of another.');
      return account;
    },
  }),
);
