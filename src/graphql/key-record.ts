import type { Key } from '../domain/keys.js';
import { builder } from './builder.js';

/** What every form of a key tells: held, deleted, or as of an instant. */
export const KeyRecord = builder.interfaceRef<Key>('KeyRecord').implement({
  description: 'What the ledger holds of a key, whether the key is still held or not. Its secret and its hash are not here.',
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
      description: 'From when on it does not authenticate, as last known; null where it never expires.',
      resolve: ({ expiresAt }) => (expiresAt === undefined ? null : new Date(expiresAt)),
    }),
    replaces: t.exposeString('replaces', {
      nullable: true,
      description: 'The key id of the key that it replaces, where it came from a rotation.',
    }),
  }),
});
