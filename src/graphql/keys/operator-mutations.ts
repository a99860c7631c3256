import { z } from 'zod';
import type { Revocation } from '../../commands/keys/operator.js';
import { IDENTIFIER } from '../../domain/keys/identifier.js';
import { faultOfNote, NOTE_LENGTH } from '../../domain/keys/note.js';
import { AccountNotFound, KeyNotFound } from '../../domain/keys/refusals.js';
import { builder } from '../api/builder.js';
import { parseArgument } from '../api/errors.js';
import type { AccountView } from '../api/visible-account.js';
import { Account } from './account.js';
import { KEY_ID, operate, VERSION } from './perform.js';

type RevokePayload = Omit<Revocation, 'account'> & { account: AccountView };

const RevokeKeysPayload = builder.objectRef<RevokePayload>('RevokeKeysPayload').implement({
  description:
    'Keys were deleted, for good. They are refused from now on; processes on other machines follow within `KEYLEDGER_STALENESS`.',
  fields: (t) => ({
    keyIds: t.exposeStringList('keyIds', { description: 'The ids of the deleted keys. Empty if the account had none.' }),
    deletedAt: t.field({
      type: 'DateTime',
      description: 'When the keys were deleted.',
      resolve: ({ deletedAt }) => new Date(deletedAt),
    }),
    account: t.field({ type: Account, description: 'The account, without the keys.', resolve: ({ account }) => account }),
    version: t.int({ description: VERSION, resolve: ({ account }) => account.state.version }),
  }),
});

const FreezeAccountPayload = builder.objectRef<{ account: AccountView }>('FreezeAccountPayload').implement({
  description: 'An account after it was frozen or thawed.',
  fields: (t) => ({
    account: t.field({ type: Account, description: 'The account, after the change.', resolve: ({ account }) => account }),
    version: t.int({ description: VERSION, resolve: ({ account }) => account.state.version }),
  }),
});

const NOTE = `Why: at most ${NOTE_LENGTH} characters, by the rules of a key's name, without an e-mail address. The owner and auditors can read it. It is kept forever.`;

const RevokeKeyInput = builder.inputType('RevokeKeyInput', {
  description: 'The key to delete, and why.',
  fields: (t) => ({
    keyId: t.string({ description: KEY_ID }),
    note: t.string({ required: false, description: NOTE }),
  }),
});

const OperateAccountInput = builder.inputType('OperateAccountInput', {
  description: 'The account, and why.',
  fields: (t) => ({
    accountId: t.string({ description: 'The id of the account.' }),
    note: t.string({ required: false, description: NOTE }),
  }),
});

const note = z
  .string()
  .superRefine((value, context) => {
    const message = faultOfNote(value);
    if (message !== undefined) context.addIssue({ code: 'custom', message });
  })
  .nullish()
  .transform((value) => value ?? undefined);

const revokeKeyInput = z.object({ keyId: z.string(), note });
const accountInput = z.object({ accountId: z.string().regex(IDENTIFIER, `must match ${IDENTIFIER.source}`), note });

const INPUT = 'Error: `BAD_USER_INPUT`, with the path of the argument.';

builder.mutationFields((t) => ({
  revokeKey: t.field({
    type: RevokeKeysPayload,
    nullable: true,
    description: `Deletes a key of any account, for good, with the reason \`REVOKED\`. For operators. Refusal to expect: \`KeyNotFound\`. ${INPUT}`,
    authScopes: { operator: true },
    args: { input: t.arg({ type: RevokeKeyInput, description: 'The key to delete, and why.' }) },
    errors: {
      types: [KeyNotFound],
      union: { name: 'RevokeKeyResult', description: 'What was deleted, or why nothing was deleted.' },
    },
    extensions: { arguments: z.object({ input: revokeKeyInput }) },
    resolve: (_, { input }, context) => {
      const { keyId, note } = parseArgument(revokeKeyInput, input, 'input');
      return operate(context, (operator) => context.operators.revokeKey(operator, keyId, note));
    },
  }),
  revokeAccountKeys: t.field({
    type: RevokeKeysPayload,
    nullable: true,
    description: `Deletes all keys of an account at once, for good, with the reason \`REVOKED\`. The account can create others; \`freezeAccount\` prevents that. For operators. Refusal to expect: \`AccountNotFound\`. ${INPUT}`,
    authScopes: { operator: true },
    args: { input: t.arg({ type: OperateAccountInput, description: 'The account, and why.' }) },
    errors: {
      types: [AccountNotFound],
      union: { name: 'RevokeAccountKeysResult', description: 'What was deleted, or why nothing was deleted.' },
    },
    extensions: { arguments: z.object({ input: accountInput }) },
    resolve: (_, { input }, context) => {
      const { accountId, note } = parseArgument(accountInput, input, 'input');
      return operate(context, (operator) => context.operators.revokeAccountKeys(operator, accountId, note));
    },
  }),
  freezeAccount: t.field({
    type: FreezeAccountPayload,
    nullable: true,
    description: `Freezes an account: no key of it is created, rotated or enabled until it is thawed. Its keys still authenticate, and can be deleted. A frozen account stays as it is. For operators. Refusal to expect: \`AccountNotFound\`. ${INPUT}`,
    authScopes: { operator: true },
    args: { input: t.arg({ type: OperateAccountInput, description: 'The account, and why.' }) },
    errors: {
      types: [AccountNotFound],
      union: { name: 'FreezeAccountResult', description: 'The frozen account, or why it was not frozen.' },
    },
    extensions: { arguments: z.object({ input: accountInput }) },
    resolve: (_, { input }, context) => {
      const { accountId, note } = parseArgument(accountInput, input, 'input');
      return operate(context, (operator) => context.operators.freeze(operator, accountId, { type: 'FreezeAccount', note }));
    },
  }),
  thawAccount: t.field({
    type: FreezeAccountPayload,
    nullable: true,
    description: `Ends the freeze of an account. An account that is not frozen stays as it is. For operators. Refusal to expect: \`AccountNotFound\`. ${INPUT}`,
    authScopes: { operator: true },
    args: { input: t.arg({ type: OperateAccountInput, description: 'The account, and why.' }) },
    errors: {
      types: [AccountNotFound],
      union: { name: 'ThawAccountResult', description: 'The thawed account, or why it was not thawed.' },
    },
    extensions: { arguments: z.object({ input: accountInput }) },
    resolve: (_, { input }, context) => {
      const { accountId, note } = parseArgument(accountInput, input, 'input');
      return operate(context, (operator) => context.operators.freeze(operator, accountId, { type: 'ThawAccount', note }));
    },
  }),
}));
