import { z } from 'zod';
import { IDENTIFIER } from '../domain/identifier.js';
import { activeKeys } from '../domain/keys.js';
import { KEY_LIMIT } from '../domain/refusals.js';
import { NoSuchVersion } from '../projections/account-versions.js';
import { builder, GLOBAL_ID } from './builder.js';
import type { Context } from './context.js';
import { BadUserInput, Forbidden } from './errors.js';
import { ApiKey } from './key.js';
import { type AccountView, accountIfVisible, mayRead } from './visible-account.js';

/** In seconds. */
const WEEK = 7 * 24 * 60 * 60;

const notNegative = z.int().min(0, 'must not be negative').nullish();

export const Account = builder.objectRef<AccountView>('Account');

builder.node(Account, {
  description: 'An account, which holds API keys.',
  id: { description: GLOBAL_ID, resolve: ({ accountId }) => accountId },
  loadOne: (accountId, { keys, viewer }) => (IDENTIFIER.test(accountId) ? accountIfVisible(accountId, viewer, keys) : null),
  fields: (t) => ({
    accountId: t.exposeString('accountId', { description: "The account's id, as tokens name it." }),
    version: t.int({
      description: 'How many events of it this answer holds. With `account(minVersion: …)`, no later answer holds fewer.',
      resolve: ({ state }) => state.version,
    }),
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
      extensions: { arguments: z.object({ within: notNegative }) },
      resolve: ({ state }, { within }, { clock }) => {
        const end = clock() + (within ?? WEEK) * 1000;
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
      minVersion: t.arg.int({
        required: false,
        description:
          'The least version that the answer is to hold, as an earlier answer gave it. A process that does not hold it yet waits for it, and answers `NOT_READY` where that takes too long.',
      }),
    },
    extensions: { arguments: z.object({ minVersion: notNegative }) },
    resolve: async (_, { accountId, minVersion }, context) => {
      const { viewer, keys } = context;
      const wanted = accountId ?? viewer.account;
      if (wanted === undefined) throw new BadUserInput('accountId must be given: your token names no account', ['accountId']);
      if (!IDENTIFIER.test(wanted)) throw new BadUserInput(`accountId must match ${IDENTIFIER.source}`, ['accountId']);
      if (!mayRead(wanted, viewer)) throw new Forbidden('Only an auditor may see the account of another.');
      await requireVersion(wanted, minVersion ?? 0, context);
      return { accountId: wanted, state: keys.load(wanted) };
    },
  }),
);

/** Has all that this request reads of the account from now on hold that version. */
async function requireVersion(account: string, version: number, { versions, required, time }: Context): Promise<void> {
  if (version === 0) return;
  await versions.reached(account, version, time.signal).catch((error: unknown) => {
    if (!(error instanceof NoSuchVersion)) throw error;
    throw new BadUserInput('minVersion must be a version of the account that an earlier answer gave', ['minVersion']);
  });
  required.add(account, version);
}
