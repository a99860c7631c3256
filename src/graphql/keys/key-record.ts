import type { Key } from '../../domain/keys/model.js';
import { builder } from '../api/builder.js';

/** The fields that every form of a key has: held, deleted, or as of an instant. */
export const KeyRecord = builder.interfaceRef<Key>('KeyRecord').implement({
  description:
    'The properties of a key: one that is held, one that was deleted, or a key as it was at an instant. The secret and its hash are never shown.',
  fields: (t) => ({
    keyId: t.exposeString('keyId', {
      description: 'The id of the key: `key_` and 22 letters and digits. Programs send it as the user name.',
    }),
    name: t.exposeString('name', { description: 'What its owner calls the key.' }),
    hint: t.exposeString('hint', { description: 'The last four characters of the secret, to tell keys apart.' }),
    scopes: t.exposeStringList('scopes', {
      description:
        'What the key may be used for, in words of your services. `/v1/verify?scope=…` compares them, and they mean nothing else to Keyledger.',
    }),
    createdAt: t.field({
      type: 'DateTime',
      description: 'When the key was created.',
      resolve: ({ createdAt }) => new Date(createdAt),
    }),
    createdBy: t.exposeString('createdBy', { description: 'Who created the key: the subject of a token.' }),
    expiresAt: t.field({
      type: 'DateTime',
      nullable: true,
      description:
        'From when on the key does not authenticate. A rotation with an overlap may bring it forward. Null if the key never expires.',
      resolve: ({ expiresAt }) => (expiresAt === undefined ? null : new Date(expiresAt)),
    }),
    replaces: t.exposeString('replaces', {
      nullable: true,
      description: 'The id of the key that it replaced, if a rotation created it. Null otherwise.',
    }),
  }),
});
