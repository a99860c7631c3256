import { z } from 'zod';
import type { Key } from '../../domain/keys/model.js';
import {
  AccountIsFrozen,
  ExpiryInThePast,
  KeyAlreadyCreated,
  KeyIsDisabled,
  KeyLimitReached,
  KeyNotFound,
} from '../../domain/keys/refusals.js';
import { builder } from '../api/builder.js';
import { BadUserInput, parseArgument } from '../api/errors.js';
import type { AccountView } from '../api/visible-account.js';
import { Account } from './account.js';
import { ApiKey } from './key.js';
import { createKeyInput, rotateKeyInput } from './key-input.js';
import { change, IDEMPOTENCY_KEY, KEY_ID, VERSION } from './perform.js';

interface CreatePayload {
  key: Key;
  secret: string;
  account: AccountView;
}

interface DeletePayload {
  keyId: string;
  deletedAt: number;
  account: AccountView;
}

const CreateKeyPayload = builder.objectRef<CreatePayload>('CreateKeyPayload').implement({
  description: 'A new key and its secret. No other answer ever contains the secret.',
  fields: (t) => ({
    key: t.field({ type: ApiKey, description: 'The new key.', resolve: ({ key }) => key }),
    secret: t.exposeString('secret', {
      description:
        'The secret: `kls_` and 49 letters and digits. Programs send it as the password, with `keyId` as the user name, or alone as a bearer token. Store it now: it is never shown again.',
    }),
    account: t.field({ type: Account, description: 'The account, with the new key.', resolve: ({ account }) => account }),
    version: t.int({ description: VERSION, resolve: ({ account }) => account.state.version }),
  }),
});

const DeleteKeyPayload = builder.objectRef<DeletePayload>('DeleteKeyPayload').implement({
  description:
    'A key was deleted, for good. It is refused from now on; processes on other machines follow within `KEYLEDGER_STALENESS`.',
  fields: (t) => ({
    keyId: t.exposeString('keyId', { description: 'The id of the deleted key.' }),
    deletedAt: t.field({
      type: 'DateTime',
      description: 'When the key was deleted.',
      resolve: ({ deletedAt }) => new Date(deletedAt),
    }),
    account: t.field({ type: Account, description: 'The account, without the key.', resolve: ({ account }) => account }),
    version: t.int({ description: VERSION, resolve: ({ account }) => account.state.version }),
  }),
});

const CreateKeyInput = builder.inputType('CreateKeyInput', {
  description: 'The properties of the new key: a name and, optionally, scopes and an expiry.',
  fields: (t) => ({
    name: t.string({
      description:
        'What to call the key: 1 to 100 characters, without invisible ones. It is kept forever: do not put personal data or a secret in it. Example: `CI of the web shop`.',
    }),
    scopes: t.stringList({
      required: false,
      description:
        'What the key may be used for, in words of your services: at most 32 scopes. A scope has 1 to 100 characters of printable ASCII without space, `"` and `\\` (RFC 6749, section 3.3). Example: `["orders:read"]`. The default is none.',
    }),
    expiresAt: t.field({
      type: 'DateTime',
      required: false,
      description: 'From when on the key does not authenticate. It must be in the future. Without it, the key never expires.',
    }),
    idempotencyKey: t.string({ required: false, description: IDEMPOTENCY_KEY }),
  }),
});

const RotateKeyInput = builder.inputType('RotateKeyInput', {
  description: 'The key to replace, and how.',
  fields: (t) => ({
    keyId: t.string({ description: 'The id of the key to replace.' }),
    overlapSeconds: t.int({
      required: false,
      defaultValue: 0,
      description:
        'How long the old key still works, in seconds: 0 to 2592000 (30 days). With 0 the old key is deleted at once, and the account may be at the limit. With more the new key needs a free slot.',
    }),
    idempotencyKey: t.string({ required: false, description: IDEMPOTENCY_KEY }),
  }),
});

const DeleteKeyInput = builder.inputType('DeleteKeyInput', {
  description: 'The key to delete, by its id.',
  fields: (t) => ({ keyId: t.string({ description: KEY_ID }) }),
});

builder.mutationFields((t) => ({
  createKey: t.field({
    type: CreateKeyPayload,
    nullable: true,
    description:
      'Creates a key in your account. Only this answer contains its secret. Refusals to expect: `KeyLimitReached`, `KeyAlreadyCreated`, `AccountIsFrozen`. Error: `BAD_USER_INPUT`, with the path of the argument.',
    authScopes: { owner: true },
    args: {
      input: t.arg({
        type: CreateKeyInput,
        description: 'The properties of the new key: a name and, optionally, scopes and an expiry.',
      }),
    },
    errors: {
      types: [KeyLimitReached, KeyAlreadyCreated, AccountIsFrozen],
      union: { name: 'CreateKeyResult', description: 'The new key, or why there is none.' },
    },
    extensions: { arguments: z.object({ input: createKeyInput }) },
    resolve: async (_, { input }, context) => {
      const wanted = parseArgument(createKeyInput, input, 'input');
      return change(context, (caller) => context.commands.create(caller, wanted).catch(refuseBadExpiry));
    },
  }),
  rotateKey: t.field({
    type: CreateKeyPayload,
    nullable: true,
    description:
      'Replaces a key of your account by a new one. The new key has the name and the scopes of the old one. If the old key expires, the new one has the same lifetime, from now on. Only this answer contains its secret. Refusals to expect: `KeyNotFound`, `KeyLimitReached`, `KeyAlreadyCreated`, `KeyIsDisabled`, `AccountIsFrozen`. Error: `BAD_USER_INPUT`, with the path of the argument.',
    authScopes: { owner: true },
    args: { input: t.arg({ type: RotateKeyInput, description: 'The key to replace, and how.' }) },
    errors: {
      types: [KeyNotFound, KeyLimitReached, KeyAlreadyCreated, KeyIsDisabled, AccountIsFrozen],
      union: { name: 'RotateKeyResult', description: 'The new key, or why there is none.' },
    },
    extensions: { arguments: z.object({ input: rotateKeyInput }) },
    resolve: async (_, { input }, context) => {
      const { overlapSeconds: overlap, ...wanted } = parseArgument(rotateKeyInput, input, 'input');
      return change(context, (caller) => context.commands.rotate(caller, { ...wanted, overlap }));
    },
  }),
  deleteKey: t.field({
    type: DeleteKeyPayload,
    nullable: true,
    description:
      'Deletes a key of your account, for good. It never authenticates again, and nothing brings it back. An expired or disabled key can be deleted, too. Refusal to expect: `KeyNotFound`.',
    authScopes: { owner: true },
    args: { input: t.arg({ type: DeleteKeyInput, description: 'The key to delete, by its id.' }) },
    errors: {
      types: [KeyNotFound],
      union: { name: 'DeleteKeyResult', description: 'What was deleted, or why nothing was deleted.' },
    },
    resolve: (_, { input }, context) => change(context, (caller) => context.commands.delete(caller, input.keyId)),
  }),
}));

function refuseBadExpiry(error: unknown): never {
  if (!(error instanceof ExpiryInThePast)) throw error;
  throw new BadUserInput(`input.expiresAt ${error.message}`, ['input', 'expiresAt']);
}
