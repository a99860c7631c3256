import {
  AccountIsFrozen,
  AccountNotFound,
  IdempotencyKeyUsed,
  KeyAlreadyCreated,
  KeyIsDisabled,
  KeyLimitReached,
  KeyNotFound,
} from '../../domain/keys/refusals.js';
import { builder } from '../api/builder.js';
import { ApiKey } from './key.js';

const ErrorInterface = builder.interfaceRef<{ message: string; code: string }>('Error').implement({
  description: 'Why nothing was done. A client should expect every one of these answers, and act on `__typename` or `code`.',
  fields: (t) => ({
    message: t.exposeString('message', { description: 'What is wrong and what to do next, for people. The text may change.' }),
    code: t.exposeString('code', {
      description: 'What is wrong, for programs. A code never changes its meaning; `/docs/errors#CODE` explains it.',
    }),
  }),
});

builder.objectType(KeyLimitReached, {
  name: 'KeyLimitReached',
  description:
    'The account holds as many keys as it may, disabled ones included. Delete one first, or rotate one with `overlapSeconds: 0`. Its `code` is `KEY_LIMIT_REACHED`.',
  interfaces: [ErrorInterface],
  fields: (t) => ({ keyLimit: t.exposeInt('keyLimit', { description: 'How many keys an account may hold.' }) }),
});

builder.objectType(KeyNotFound, {
  name: 'KeyNotFound',
  description: 'The account has no such key. It may have been deleted. Its `code` is `KEY_NOT_FOUND`.',
  interfaces: [ErrorInterface],
});

builder.objectType(KeyIsDisabled, {
  name: 'KeyIsDisabled',
  description: 'The key is disabled. Enable it first, or create another one. Its `code` is `KEY_DISABLED`.',
  interfaces: [ErrorInterface],
});

builder.objectType(AccountIsFrozen, {
  name: 'AccountIsFrozen',
  description:
    'An operator has frozen the account. Until it is thawed, no key is created, rotated or enabled; keys can be deleted. Its `code` is `ACCOUNT_FROZEN`.',
  interfaces: [ErrorInterface],
});

builder.objectType(AccountNotFound, {
  name: 'AccountNotFound',
  description: 'No account of that id has ever held a key. Its `code` is `ACCOUNT_NOT_FOUND`.',
  interfaces: [ErrorInterface],
});

builder.objectType(IdempotencyKeyUsed, {
  name: 'IdempotencyKeyUsed',
  description:
    'The idempotency key was used before, with another input or for another mutation. Nothing was changed. Its `code` is `IDEMPOTENCY_KEY_USED`.',
  interfaces: [ErrorInterface],
});

builder.objectType(KeyAlreadyCreated, {
  name: 'KeyAlreadyCreated',
  description:
    'A request with this idempotency key has created a key before. The secret is never shown again. If it was lost, delete that key and use a new idempotency key. Its `code` is `KEY_ALREADY_CREATED`.',
  interfaces: [ErrorInterface],
  fields: (t) => ({
    keyId: t.exposeString('keyId', {
      description:
        'The id of the key that was created then. If the idempotency key was used for another mutation, the key that it changed.',
    }),
    existingKey: t.field({
      type: ApiKey,
      nullable: true,
      description: 'The key with that id. Null if it was deleted since.',
      resolve: ({ existingKey }) => existingKey,
    }),
    version: t.exposeInt('version', {
      description: 'The version of the account that includes that key, or its deletion. Give it as `account(minVersion: …)`.',
    }),
    sameInput: t.exposeBoolean('sameInput', {
      description:
        'True if both requests had the same input: this one was a repetition. False if the idempotency key was used for another input, perhaps by mistake.',
    }),
  }),
});
