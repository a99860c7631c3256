import { z } from 'zod';
import type { Caller } from '../commands/handle.js';
import type { AccountKeys, Key } from '../domain/keys.js';
import { ExpiryInThePast, KeyAlreadyCreated, KeyLimitReached, KeyNotFound } from '../domain/refusals.js';
import { Account } from './account.js';
import { builder } from './builder.js';
import type { Context } from './context.js';
import { BadUserInput, Forbidden, parseArgument, RateLimited } from './errors.js';
import { ApiKey } from './key.js';
import { createKeyInput, rotateKeyInput } from './key-input.js';
import type { AccountView } from './visible-account.js';

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

const VERSION =
  'The version of the account with this change: `account(minVersion: …)` holds the change, whatever process answers.';

const CreateKeyPayload = builder.objectRef<CreatePayload>('CreateKeyPayload').implement({
  description: 'A new key. This answer is the only place where its secret ever appears.',
  fields: (t) => ({
    key: t.field({ type: ApiKey, description: 'The new key.', resolve: ({ key }) => key }),
    secret: t.exposeString('secret', {
      description: 'What programs give as the password, or alone as a bearer token. Keep it now: it is never shown again.',
    }),
    account: t.field({ type: Account, description: 'The account with the new key.', resolve: ({ account }) => account }),
    version: t.int({ description: VERSION, resolve: ({ account }) => account.state.version }),
  }),
});

const DeleteKeyPayload = builder.objectRef<DeletePayload>('DeleteKeyPayload').implement({
  description: 'A key was deleted, for good. It is refused from now on.',
  fields: (t) => ({
    keyId: t.exposeString('keyId', { description: 'The key that was deleted.' }),
    deletedAt: t.field({ type: 'DateTime', description: 'When.', resolve: ({ deletedAt }) => new Date(deletedAt) }),
    account: t.field({ type: Account, description: 'The account without the key.', resolve: ({ account }) => account }),
    version: t.int({ description: VERSION, resolve: ({ account }) => account.state.version }),
  }),
});

const IDEMPOTENCY_KEY =
  'A name of your own for this request, 1 to 100 characters, such as a UUID. Given again, however late, it never makes a second key: the answer is `KeyAlreadyCreated`.';

const CreateKeyInput = builder.inputType('CreateKeyInput', {
  description: 'What a new key is to be.',
  fields: (t) => ({
    name: t.string({
      description: 'What to call it: 1 to 100 characters, none that nobody can see. It is kept forever: no personal data.',
    }),
    scopes: t.stringList({
      required: false,
      description: 'What it may be used for: at most 32 scopes as in RFC 6749, section 3.3.',
    }),
    expiresAt: t.field({
      type: 'DateTime',
      required: false,
      description: 'From when on it shall not authenticate, in the future. Without it, the key never expires.',
    }),
    idempotencyKey: t.string({ required: false, description: IDEMPOTENCY_KEY }),
  }),
});

const RotateKeyInput = builder.inputType('RotateKeyInput', {
  description: 'Which key is to be replaced, and how.',
  fields: (t) => ({
    keyId: t.string({ description: 'The key that is to be replaced.' }),
    overlap: t.int({
      required: false,
      defaultValue: 0,
      description:
        'For how many seconds the old key still works, at most 30 days. 0 deletes it at once, and needs no free place for a key.',
    }),
    idempotencyKey: t.string({ required: false, description: IDEMPOTENCY_KEY }),
  }),
});

const DeleteKeyInput = builder.inputType('DeleteKeyInput', {
  description: 'Which key is to be deleted.',
  fields: (t) => ({ keyId: t.string({ description: 'The key, by its `keyId`.' }) }),
});

builder.mutationFields((t) => ({
  createKey: t.field({
    type: CreateKeyPayload,
    nullable: true,
    description: 'Creates a key of your account. The answer holds its secret, this once.',
    authScopes: { owner: true },
    args: { input: t.arg({ type: CreateKeyInput, description: 'What the key is to be.' }) },
    errors: {
      types: [KeyLimitReached, KeyAlreadyCreated],
      union: { name: 'CreateKeyResult', description: 'The new key, or why there is none.' },
    },
    extensions: { arguments: z.object({ input: createKeyInput }) },
    resolve: async (_, { input }, context) => {
      const wanted = parseArgument(createKeyInput, input, 'input');
      return change(context, (caller) => context.commands.create(caller, wanted).catch(tellBadExpiry));
    },
  }),
  rotateKey: t.field({
    type: CreateKeyPayload,
    nullable: true,
    description: 'Replaces a key of your account by a new one with its name, its scopes and, where it has one, its lifetime.',
    authScopes: { owner: true },
    args: { input: t.arg({ type: RotateKeyInput, description: 'Which key, and how.' }) },
    errors: {
      types: [KeyNotFound, KeyLimitReached, KeyAlreadyCreated],
      union: { name: 'RotateKeyResult', description: 'The new key, or why there is none.' },
    },
    extensions: { arguments: z.object({ input: rotateKeyInput }) },
    resolve: async (_, { input }, context) => {
      const wanted = parseArgument(rotateKeyInput, input, 'input');
      return change(context, (caller) => context.commands.rotate(caller, wanted));
    },
  }),
  deleteKey: t.field({
    type: DeleteKeyPayload,
    nullable: true,
    description: 'Deletes a key of your account, for good: it never authenticates again, and nothing brings it back.',
    authScopes: { owner: true },
    args: { input: t.arg({ type: DeleteKeyInput, description: 'Which key.' }) },
    errors: {
      types: [KeyNotFound],
      union: { name: 'DeleteKeyResult', description: 'What was deleted, or why nothing was.' },
    },
    resolve: (_, { input }, context) => change(context, (caller) => context.commands.delete(caller, input.keyId)),
  }),
}));

function tellBadExpiry(error: unknown): never {
  if (!(error instanceof ExpiryInThePast)) throw error;
  throw new BadUserInput(`input.expiresAt ${error.message}`, ['input', 'expiresAt']);
}

/** Has the command done, and whatever this request reads after that hold what it did. */
async function change<T extends { account: AccountKeys }>(context: Context, command: (caller: Caller) => Promise<T>) {
  const { required, time } = context;
  const caller = callerOf(context);
  try {
    const result = await command(caller);
    required.add(caller.account, result.account.version);
    return { ...result, account: { accountId: caller.account, state: result.account } };
  } catch (error) {
    if (error instanceof KeyAlreadyCreated) required.add(caller.account, error.version);
    throw error;
  } finally {
    time.endMutation();
  }
}

/** The account comes from the token, never from the input. Each mutation counts, also those that are refused later. */
function callerOf({ viewer, correlationId, time, mutations }: Context): Caller {
  if (viewer.account === undefined) throw new Forbidden('Your token names no account.');
  const wait = mutations?.take(viewer.account) ?? 0;
  if (wait > 0) throw new RateLimited(wait);
  return { account: viewer.account, actor: viewer.subject, correlationId, since: time.beginMutation() };
}
