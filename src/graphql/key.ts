import { isActive, type Key } from '../domain/keys.js';
import { builder, GLOBAL_ID } from './builder.js';
import { accountIfVisible } from './visible-account.js';

const KeyStatus = builder.enumType('KeyStatus', {
  description: 'Whether a key authenticates.',
  values: {
    ACTIVE: { description: 'It authenticates.' },
    EXPIRED: { description: 'Its time is over: it does not authenticate, and does not count. It can still be deleted.' },
  } as const,
});

export const ApiKey = builder.objectRef<Key>('ApiKey');

builder.node(ApiKey, {
  description: 'An API key of an account. Its secret is not here: it was shown once, when the key was created.',
  id: { description: GLOBAL_ID, resolve: ({ keyId }) => keyId },
  loadOne: (keyId, { keys, viewer }) => {
    const account = keys.accountOfKey(keyId);
    return account === undefined ? null : accountIfVisible(account, viewer, keys)?.state.keys.get(keyId);
  },
  fields: (t) => ({
    keyId: t.exposeString('keyId', { description: 'What programs give as the user name: `key_` and 22 characters.' }),
    name: t.exposeString('name', { description: 'What its owner called it.' }),
    hint: t.exposeString('hint', { description: 'The last four characters of its secret.' }),
    scopes: t.exposeStringList('scopes', { description: 'What it may be used for, in words of the services that it opens.' }),
    createdAt: t.field({
      type: 'DateTime',
      description: 'When it was created.',
      resolve: ({ createdAt }) => new Date(createdAt),
    }),
    createdBy: t.exposeString('createdBy', { description: 'The subject of the token that created it.' }),
    expiresAt: t.field({
      type: 'DateTime',
      nullable: true,
      description: 'From when on it does not authenticate; null where it never expires.',
      resolve: ({ expiresAt }) => (expiresAt === undefined ? null : new Date(expiresAt)),
    }),
    replaces: t.exposeString('replaces', {
      nullable: true,
      description: 'The key id of the key that it replaces, where it came from a rotation.',
    }),
    status: t.field({
      type: KeyStatus,
      description: 'Whether it authenticates now.',
      resolve: (key, _, { clock }) => (isActive(key, clock()) ? 'ACTIVE' : 'EXPIRED'),
    }),
  }),
});
