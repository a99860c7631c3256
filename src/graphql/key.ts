import { isActive, type Key } from '../domain/keys.js';
import { builder, GLOBAL_ID } from './builder.js';
import { KeyRecord } from './key-record.js';
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
  interfaces: [KeyRecord],
  id: { description: GLOBAL_ID, resolve: ({ keyId }) => keyId },
  loadOne: (keyId, { keys, viewer }) => {
    const account = keys.accountOfKey(keyId);
    return account === undefined ? null : accountIfVisible(account, viewer, keys)?.state.keys.get(keyId);
  },
  fields: (t) => ({
    status: t.field({
      type: KeyStatus,
      description: 'Whether it authenticates now.',
      resolve: (key, _, { clock }) => (isActive(key, clock()) ? 'ACTIVE' : 'EXPIRED'),
    }),
  }),
});
