import { KeyAlreadyCreated, KeyLimitReached, KeyNotFound } from '../domain/refusals.js';
import { builder } from './builder.js';
import { ApiKey } from './key.js';

const ErrorInterface = builder.interfaceRef<{ message: string; code: string }>('Error').implement({
  description: 'Why nothing was done. These answers are expected: a client should know what to do with each.',
  fields: (t) => ({
    message: t.exposeString('message', { description: 'What was wrong and what to do next, in a sentence for people.' }),
    code: t.exposeString('code', { description: 'The same for programs; it never changes.' }),
  }),
});

builder.objectType(KeyLimitReached, {
  name: 'KeyLimitReached',
  description: 'The account holds as many active keys as it may. Delete one first.',
  interfaces: [ErrorInterface],
  fields: (t) => ({ keyLimit: t.exposeInt('keyLimit', { description: 'How many active keys an account may hold.' }) }),
});

builder.objectType(KeyNotFound, {
  name: 'KeyNotFound',
  description: 'The account has no such key, or has it no longer.',
  interfaces: [ErrorInterface],
});

builder.objectType(KeyAlreadyCreated, {
  name: 'KeyAlreadyCreated',
  description:
    'The idempotency key has made a key before. Its secret was shown then, or was lost on the way: it is never shown again.',
  interfaces: [ErrorInterface],
  fields: (t) => ({
    keyId: t.exposeString('keyId', { description: 'The key that was made then.' }),
    existingKey: t.field({
      type: ApiKey,
      nullable: true,
      description: 'That key; null once it was deleted.',
      resolve: ({ existingKey }) => existingKey,
    }),
    version: t.exposeInt('version', {
      description: 'The version of the account with that key, or without it by now, for `account(minVersion: …)`.',
    }),
    sameInput: t.exposeBoolean('sameInput', {
      description:
        'True: the same was asked for then, and this was a repetition. False: the idempotency key was used for another input, by mistake perhaps.',
    }),
  }),
});
