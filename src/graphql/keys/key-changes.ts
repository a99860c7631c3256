import { z } from 'zod';
import type { ChangeKey, Key } from '../../domain/keys/model.js';
import { AccountIsFrozen, IdempotencyKeyUsed, KeyNotFound } from '../../domain/keys/refusals.js';
import { builder } from '../api/builder.js';
import type { Context } from '../api/context.js';
import { parseArgument } from '../api/errors.js';
import type { AccountView } from '../api/visible-account.js';
import { Account } from './account.js';
import { ApiKey } from './key.js';
import { renameKeyInput, switchKeyInput } from './key-input.js';
import { change, KEY_ID, VERSION } from './perform.js';

const ChangeKeyPayload = builder.objectRef<{ key: Key; account: AccountView }>('ChangeKeyPayload').implement({
  description: 'A key after a change. Its secret and its slot stay the same.',
  fields: (t) => ({
    key: t.field({ type: ApiKey, description: 'The key, after the change.', resolve: ({ key }) => key }),
    account: t.field({ type: Account, description: 'The account, with the key.', resolve: ({ account }) => account }),
    version: t.int({ description: VERSION, resolve: ({ account }) => account.state.version }),
  }),
});

const IDEMPOTENCY_KEY =
  'Your own name for this request: 1 to 100 characters, such as a UUID. If you do not know whether a request succeeded, send it again with the same name, at any time later. It never changes anything a second time: the answer shows the key as it is then.';

const RenameKeyInput = builder.inputType('RenameKeyInput', {
  description: 'The key to rename, and its new name.',
  fields: (t) => ({
    keyId: t.string({ description: KEY_ID }),
    name: t.string({
      description:
        'What to call the key from now on, by the rules of `CreateKeyInput`. Every name is kept forever: do not put personal data or a secret in it.',
    }),
    idempotencyKey: t.string({ required: false, description: IDEMPOTENCY_KEY }),
  }),
});

const DisableKeyInput = builder.inputType('DisableKeyInput', {
  description: 'The key to disable, by its id.',
  fields: (t) => ({
    keyId: t.string({ description: KEY_ID }),
    idempotencyKey: t.string({ required: false, description: IDEMPOTENCY_KEY }),
  }),
});

const EnableKeyInput = builder.inputType('EnableKeyInput', {
  description: 'The key to enable, by its id.',
  fields: (t) => ({
    keyId: t.string({ description: KEY_ID }),
    idempotencyKey: t.string({ required: false, description: IDEMPOTENCY_KEY }),
  }),
});

const REFUSALS = [KeyNotFound, IdempotencyKeyUsed];
const REFUSALS_TO_EXPECT =
  'Refusals to expect: `KeyNotFound`, `IdempotencyKeyUsed`. Error: `BAD_USER_INPUT`, with the path of the argument.';

function perform(context: Context, command: ChangeKey) {
  return change(context, (caller) => context.commands.change(caller, command));
}

builder.mutationFields((t) => ({
  renameKey: t.field({
    type: ChangeKeyPayload,
    nullable: true,
    description: `Gives a key of your account another name. A key that has the name already stays as it is. ${REFUSALS_TO_EXPECT}`,
    authScopes: { owner: true },
    args: { input: t.arg({ type: RenameKeyInput, description: 'The key to rename, and its new name.' }) },
    errors: {
      types: REFUSALS,
      union: { name: 'RenameKeyResult', description: 'The renamed key, or why it was not renamed.' },
    },
    extensions: { arguments: z.object({ input: renameKeyInput }) },
    resolve: (_, { input }, context) =>
      perform(context, { type: 'RenameKey', ...parseArgument(renameKeyInput, input, 'input') }),
  }),
  disableKey: t.field({
    type: ChangeKeyPayload,
    nullable: true,
    description: `Disables a key of your account: it is refused at once, until you enable it. It keeps its slot, so it counts towards the limit. A disabled key stays as it is. ${REFUSALS_TO_EXPECT}`,
    authScopes: { owner: true },
    args: { input: t.arg({ type: DisableKeyInput, description: 'The key to disable, by its id.' }) },
    errors: {
      types: REFUSALS,
      union: { name: 'DisableKeyResult', description: 'The disabled key, or why it was not disabled.' },
    },
    extensions: { arguments: z.object({ input: switchKeyInput }) },
    resolve: (_, { input }, context) =>
      perform(context, { type: 'DisableKey', ...parseArgument(switchKeyInput, input, 'input') }),
  }),
  enableKey: t.field({
    type: ChangeKeyPayload,
    nullable: true,
    description: `Enables a disabled key of your account: it authenticates again, until it expires. It needs no free slot, since it kept its own. A key that is not disabled stays as it is. Refusals to expect: \`KeyNotFound\`, \`IdempotencyKeyUsed\`, \`AccountIsFrozen\`. Error: \`BAD_USER_INPUT\`, with the path of the argument.`,
    authScopes: { owner: true },
    args: { input: t.arg({ type: EnableKeyInput, description: 'The key to enable, by its id.' }) },
    errors: {
      types: [...REFUSALS, AccountIsFrozen],
      union: { name: 'EnableKeyResult', description: 'The enabled key, or why it was not enabled.' },
    },
    extensions: { arguments: z.object({ input: switchKeyInput }) },
    resolve: (_, { input }, context) =>
      perform(context, { type: 'EnableKey', ...parseArgument(switchKeyInput, input, 'input') }),
  }),
}));
