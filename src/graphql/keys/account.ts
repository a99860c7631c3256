import { z } from 'zod';
import { IDENTIFIER } from '../../domain/keys/identifier.js';
import { activeKeys, slots } from '../../domain/keys/model.js';
import { KEY_LIMIT } from '../../domain/keys/refusals.js';
import { NoSuchVersion } from '../../projections/keys/account-versions.js';
import { builder } from '../api/builder.js';
import type { Context } from '../api/context.js';
import { BadUserInput, Forbidden } from '../api/errors.js';
import { GLOBAL_ID } from '../api/global-id.js';
import { type AccountView, accountIfVisible, mayReadKeys } from '../api/visible-account.js';
import { ApiKey } from './key.js';

/** In seconds. */
const WEEK = 7 * 24 * 60 * 60;

const notNegative = z.int().min(0, 'must not be negative').nullish();

export const Account = builder.objectRef<AccountView>('Account');

builder.node(Account, {
  description: 'An account of your application. It holds API keys.',
  id: { description: GLOBAL_ID, resolve: ({ accountId }) => accountId },
  loadOne: (accountId, { keys, viewer }) => (IDENTIFIER.test(accountId) ? accountIfVisible(accountId, viewer, keys) : null),
  fields: (t) => ({
    accountId: t.exposeString('accountId', {
      description: 'The id of the account, as tokens name it: 1 to 128 letters, digits and characters of `._~|:-`.',
    }),
    version: t.int({
      description:
        'How many events of the account this answer includes. Give it as `account(minVersion: …)`, and no later answer includes fewer, whichever process answers.',
      resolve: ({ state }) => state.version,
    }),
    keyLimit: t.int({
      description: `How many keys the account may hold at a time: ${KEY_LIMIT}. Disabled keys count, and expired keys do not.`,
      resolve: () => KEY_LIMIT,
    }),
    activeKeyCount: t.int({
      description: 'How many keys of the account authenticate now. Expired and disabled keys do not count.',
      resolve: ({ state }, _, { clock }) => activeKeys(state, clock()).length,
    }),
    canCreateKey: t.boolean({
      description:
        'Whether the account may hold one more key now. Disabled keys count, and expired keys do not. False while the account is frozen.',
      resolve: ({ state }, _, { clock }) => state.frozenAt === undefined && slots(state, clock()).length < KEY_LIMIT,
    }),
    frozenAt: t.field({
      type: 'DateTime',
      nullable: true,
      description:
        'Since when an operator has frozen the account. No key is created, rotated or enabled meanwhile. Null if it is not frozen.',
      resolve: ({ state }) => (state.frozenAt === undefined ? null : new Date(state.frozenAt)),
    }),
    keys: t.field({
      type: [ApiKey],
      description:
        'The keys of the account that were not deleted, the oldest first. Their `status` says which of them authenticate.',
      resolve: ({ state }) => [...state.keys.values()],
    }),
    expiringKeys: t.field({
      type: [ApiKey],
      nullable: true,
      description: 'The active keys that expire within that time from now, the oldest first.',
      args: {
        withinSeconds: t.arg.int({
          required: false,
          defaultValue: WEEK,
          description: 'The time from now on, in seconds, not negative. The default is a week.',
        }),
      },
      extensions: { arguments: z.object({ withinSeconds: notNegative }) },
      resolve: ({ state }, { withinSeconds }, { clock }) => {
        const end = clock() + (withinSeconds ?? WEEK) * 1000;
        return activeKeys(state, clock()).filter(({ expiresAt }) => expiresAt !== undefined && expiresAt <= end);
      },
    }),
  }),
});

builder.queryField('account', (t) =>
  t.field({
    type: Account,
    nullable: true,
    description:
      'An account and its keys. Owners see their own account; operators and auditors see every account. An account without events is answered too, and holds no keys. Errors: `FORBIDDEN` for an account that you may not see; `NOT_READY` if `minVersion` is not reached in time; `ACCOUNT_UNREADABLE` if its events cannot be read.',
    authScopes: { keyReader: true },
    args: {
      accountId: t.arg.string({
        required: false,
        description:
          'The id of the account. The default is the account of your token. Only operators and auditors may name another.',
      }),
      minVersion: t.arg.int({
        required: false,
        description:
          'The minimum `version` that the answer must include, from an earlier answer. A process that is behind waits until it has read that far. It waits at most for `KEYLEDGER_DEADLINE`, and then answers `NOT_READY`.',
      }),
    },
    extensions: { arguments: z.object({ minVersion: notNegative }) },
    resolve: async (_, { accountId, minVersion }, context) => {
      const { viewer, keys } = context;
      const wanted = accountId ?? viewer.account;
      if (wanted === undefined)
        throw new BadUserInput('accountId must be given, since your token names no account', ['accountId']);
      if (!IDENTIFIER.test(wanted)) throw new BadUserInput(`accountId must match ${IDENTIFIER.source}`, ['accountId']);
      if (!mayReadKeys(wanted, viewer))
        throw new Forbidden('Only operators and auditors may see another account. Leave out accountId, or use another token.');
      await requireVersion(wanted, minVersion ?? 0, context);
      return { accountId: wanted, state: keys.load(wanted) };
    },
  }),
);

/** Waits for that version of the account. All later reads of this request include it. */
async function requireVersion(account: string, version: number, { versions, required, time }: Context): Promise<void> {
  if (version === 0) return;
  await versions.reached(account, version, time.signal).catch((error: unknown) => {
    if (!(error instanceof NoSuchVersion)) throw error;
    throw new BadUserInput('minVersion must be a version of the account from an earlier answer', ['minVersion']);
  });
  required.add(account, version);
}
