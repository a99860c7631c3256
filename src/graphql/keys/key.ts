import { hasExpired, type Key } from '../../domain/keys/model.js';
import { builder } from '../api/builder.js';
import { GLOBAL_ID } from '../api/global-id.js';
import { accountIfVisible } from '../api/visible-account.js';
import { KeyRecord } from './key-record.js';

const KeyStatus = builder.enumType('KeyStatus', {
  description: 'Whether a key authenticates now.',
  values: {
    ACTIVE: { description: 'The key authenticates, and counts towards the limit.' },
    DISABLED: {
      description: 'The key is disabled (`disableKey`). It does not authenticate, and counts towards the limit.',
    },
    EXPIRED: {
      description:
        'The key has expired. It does not authenticate, and does not count towards the limit. It can still be deleted.',
    },
  } as const,
});

export const ApiKey = builder.objectRef<Key>('ApiKey');

builder.node(ApiKey, {
  description: 'An API key that an account holds. Its secret was shown once, when the key was created, and is not here.',
  interfaces: [KeyRecord],
  id: { description: GLOBAL_ID, resolve: ({ keyId }) => keyId },
  loadOne: (keyId, { keys, viewer }) => {
    const account = keys.accountOfKey(keyId);
    return account === undefined ? null : accountIfVisible(account, viewer, keys)?.state.keys.get(keyId);
  },
  fields: (t) => ({
    status: t.field({
      type: KeyStatus,
      description: 'Whether the key authenticates now.',
      resolve: (key, _, { clock }) => {
        if (hasExpired(key, clock())) return 'EXPIRED';
        return key.disabledAt === undefined ? 'ACTIVE' : 'DISABLED';
      },
    }),
    disabledAt: t.field({
      type: 'DateTime',
      nullable: true,
      description: 'Since when the key is disabled. Null if it is not.',
      resolve: ({ disabledAt }) => (disabledAt === undefined ? null : new Date(disabledAt)),
    }),
  }),
});
