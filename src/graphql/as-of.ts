import { type KeyAsOf, keysAsOf } from '../domain/as-of.js';
import { Account } from './account.js';
import { builder } from './builder.js';
import { KeyRecord } from './key-record.js';
import { noteRead } from './note-read.js';
import { historyOf } from './projections.js';
import { mayRead } from './visible-account.js';

/** What the fold of an account's whole history counts in a document's cost: two are allowed at a time. */
const FOLD = 4000;

interface Snapshot {
  accountId: string;
  at: Date;
  keys: KeyAsOf[];
}

const KeySnapshot = builder.objectRef<KeyAsOf>('KeySnapshot').implement({
  description: 'A key as it was at an instant, and as it was known then.',
  interfaces: [KeyRecord],
  fields: (t) => ({
    couldAuthenticate: t.exposeBoolean('couldAuthenticate', {
      description: 'Whether it authenticated at that instant: it was held, and had not expired.',
    }),
  }),
});

const AccountSnapshot = builder.objectRef<Snapshot>('AccountSnapshot').implement({
  description: 'An account and its keys as they were at an instant. What happened at that very instant has happened.',
  fields: (t) => ({
    accountId: t.exposeString('accountId', { description: 'Whose keys.' }),
    at: t.expose('at', { type: 'DateTime', description: 'The instant.' }),
    activeKeyCount: t.int({
      description: 'How many of the keys could authenticate.',
      resolve: ({ keys }) => keys.filter(({ couldAuthenticate }) => couldAuthenticate).length,
    }),
    keys: t.expose('keys', { type: [KeySnapshot], description: 'The keys that it held, the oldest first.' }),
  }),
});

builder.objectField(Account, 'asOf', (t) =>
  t.field({
    type: AccountSnapshot,
    nullable: true,
    description: 'Its keys as they were at an instant, past or future, folded from its events up to then.',
    args: { at: t.arg({ type: 'DateTime', description: 'The instant.' }) },
    extensions: { cost: FOLD },
    resolve: async ({ accountId }, { at }, context) => {
      noteRead(context, 'Account.asOf', { account: accountId, at: at.getTime() });
      const history = await historyOf(context);
      return { accountId, at, keys: await keysAsOf(history.events({ account: accountId }), at.getTime()) };
    },
  }),
);

builder.queryField('couldAuthenticate', (t) =>
  t.boolean({
    nullable: true,
    description:
      'Whether a key could authenticate at an instant. False for keys that you may not see, and for such as never were.',
    authScopes: { keyReader: true },
    args: {
      keyId: t.arg.string({ description: 'The key, held or deleted.' }),
      at: t.arg({ type: 'DateTime', description: 'The instant.' }),
    },
    resolve: async (_, { keyId, at }, context) => {
      const account = context.keys.accountOfKey(keyId);
      if (account === undefined || !mayRead(account, context.viewer)) return false;
      context.keys.requireReadable(account);
      noteRead(context, 'couldAuthenticate', { keyId, at: at.getTime() });
      const history = await historyOf(context);
      const [held] = await keysAsOf(history.events({ keyId }), at.getTime());
      return held?.couldAuthenticate ?? false;
    },
  }),
);
