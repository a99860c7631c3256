import { type AccountAsOf, accountAsOf, type KeyAsOf } from '../../domain/audit/as-of.js';
import { builder } from '../api/builder.js';
import { historyOf } from '../api/projections.js';
import { recordRead } from '../api/record-read.js';
import { mayReadHistory, requireHistory } from '../api/visible-account.js';
import { Account } from '../keys/account.js';
import { KeyRecord } from '../keys/key-record.js';

/** The cost of folding the whole history of an account. A document may do it twice. */
const FOLD = 4000;

interface Snapshot extends AccountAsOf {
  accountId: string;
  at: Date;
}

const KeySnapshot = builder.objectRef<KeyAsOf>('KeySnapshot').implement({
  description: 'A key as it was at an instant, by the events up to then.',
  interfaces: [KeyRecord],
  fields: (t) => ({
    couldAuthenticate: t.exposeBoolean('couldAuthenticate', {
      description: 'Whether the key authenticated at that instant: it was held, was not disabled, and had not expired.',
    }),
    disabledAt: t.field({
      type: 'DateTime',
      nullable: true,
      description: 'Since when the key was disabled at that instant. Null if it was not.',
      resolve: ({ disabledAt }) => (disabledAt === undefined ? null : new Date(disabledAt)),
    }),
  }),
});

const AccountSnapshot = builder.objectRef<Snapshot>('AccountSnapshot').implement({
  description: 'An account and its keys as they were at an instant. Events of that very instant are included.',
  fields: (t) => ({
    accountId: t.exposeString('accountId', { description: 'The id of the account.' }),
    at: t.expose('at', { type: 'DateTime', description: 'The instant that you asked for.' }),
    activeKeyCount: t.int({
      description: 'How many of the keys authenticated at that instant.',
      resolve: ({ keys }) => keys.filter(({ couldAuthenticate }) => couldAuthenticate).length,
    }),
    frozenAt: t.field({
      type: 'DateTime',
      nullable: true,
      description: 'Since when the account was frozen at that instant. Null if it was not.',
      resolve: ({ frozenAt }) => (frozenAt === undefined ? null : new Date(frozenAt)),
    }),
    keys: t.expose('keys', {
      type: [KeySnapshot],
      description: 'The keys that the account held at that instant, the oldest first.',
    }),
  }),
});

builder.objectField(Account, 'asOf', (t) =>
  t.field({
    type: AccountSnapshot,
    nullable: true,
    description:
      'The keys of the account as they were at an instant. The answer is computed from its events up to then: a document may ask for it twice. The read is recorded (see `reads`).',
    args: {
      at: t.arg({ type: 'DateTime', description: 'The instant, in the past or the future, such as `2026-11-23T18:00:00Z`.' }),
    },
    extensions: { cost: FOLD },
    resolve: async ({ accountId }, { at }, context) => {
      requireHistory(accountId, context.viewer);
      recordRead(context, 'Account.asOf', { account: accountId, at: at.getTime() });
      const history = await historyOf(context);
      return { accountId, at, ...(await accountAsOf(history.events({ account: accountId }), at.getTime())) };
    },
  }),
);

builder.queryField('couldAuthenticate', (t) =>
  t.boolean({
    nullable: true,
    description:
      'Whether a key authenticated at an instant. False for a key that never existed, and for a key that you may not see. The read is recorded (see `reads`). Error: `ACCOUNT_UNREADABLE` if the events of its account cannot be read.',
    authScopes: { historyReader: true },
    args: {
      keyId: t.arg.string({ description: 'The id of the key, held or deleted: `key_` and 22 letters and digits.' }),
      at: t.arg({ type: 'DateTime', description: 'The instant, in the past or the future, such as `2026-11-23T18:00:00Z`.' }),
    },
    resolve: async (_, { keyId, at }, context) => {
      const account = context.keys.accountOfKey(keyId);
      if (account === undefined || !mayReadHistory(account, context.viewer)) return false;
      context.keys.requireReadable(account);
      recordRead(context, 'couldAuthenticate', { keyId, at: at.getTime() });
      const history = await historyOf(context);
      const { keys } = await accountAsOf(history.events({ keyId }), at.getTime());
      return keys[0]?.couldAuthenticate ?? false;
    },
  }),
);
