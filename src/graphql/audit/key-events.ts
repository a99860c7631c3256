import type { PastKeyEvent } from '../../domain/keys/model.js';
import { builder } from '../api/builder.js';
import { contentOf, EVENT, TYPES } from './event-node.js';

export const DeletionReason = builder.enumType('DeletionReason', {
  description: 'Why a key was deleted.',
  values: {
    REQUESTED: { description: 'Its owner asked for it (`deleteKey`).' },
    ROTATED: { description: 'A rotation without an overlap replaced it (`rotateKey`).' },
    EXPIRED: { description: 'It had expired, and another key needed its slot.' },
    LEAKED: { description: 'Its secret was reported as leaked (`POST /v1/leaked`).' },
    REVOKED: { description: 'An operator deleted it (`revokeKey`, `revokeAccountKeys`, `keyledger revoke`).' },
  } as const,
});

const created = contentOf((event: PastKeyEvent) => event.type === 'KeyCreated');
const deleted = contentOf((event: PastKeyEvent) => event.type === 'KeyDeleted');
const expirySet = contentOf((event: PastKeyEvent) => event.type === 'KeyExpirySet');

builder.node(TYPES.KeyCreated, {
  ...EVENT,
  description: 'A key was created. Its secret, and the hash of it, are not here.',
  fields: (t) => ({
    keyId: t.string({ description: 'The id of the new key.', resolve: (event) => created(event).keyId }),
    name: t.string({ description: 'What its owner calls the key.', resolve: (event) => created(event).name }),
    hint: t.string({ description: 'The last four characters of its secret.', resolve: (event) => created(event).hint }),
    scopes: t.stringList({ description: 'What the key may be used for.', resolve: (event) => created(event).scopes }),
    expiresAt: t.field({
      type: 'DateTime',
      nullable: true,
      description: 'From when on the key does not authenticate. Null if it never expires.',
      resolve: (event) => timeOf(created(event).expiresAt),
    }),
    lifetimeSeconds: t.float({
      nullable: true,
      description:
        'How long the key authenticates after its creation, in seconds with up to three decimals. A rotation passes it on to the next key. Null if the key never expires.',
      resolve: (event) => {
        const { lifetime } = created(event);
        return lifetime === undefined ? null : lifetime / 1000;
      },
    }),
    idempotencyKey: t.string({
      nullable: true,
      description: 'The name that the client gave to its request. Null if it gave none.',
      resolve: (event) => created(event).idempotencyKey,
    }),
    replaces: t.string({
      nullable: true,
      description: 'The id of the key that it replaces, if a rotation created it. Null otherwise.',
      resolve: (event) => created(event).replaces,
    }),
  }),
});

builder.node(TYPES.KeyDeleted, {
  ...EVENT,
  description: 'A key was deleted, for good.',
  fields: (t) => ({
    keyId: t.string({ description: 'The id of the key that was deleted.', resolve: (event) => deleted(event).keyId }),
    reason: t.field({
      type: DeletionReason,
      description: 'Why the key was deleted.',
      resolve: (event) => deleted(event).reason,
    }),
    replacedBy: t.string({
      nullable: true,
      description: 'The id of the key that replaced it, if a rotation deleted it at once. Null otherwise.',
      resolve: (event) => deleted(event).replacedBy,
    }),
    note: t.string({
      nullable: true,
      description: 'Why an operator deleted the key. Null if nobody said.',
      resolve: (event) => deleted(event).note,
    }),
  }),
});

builder.node(TYPES.KeyExpirySet, {
  ...EVENT,
  description: 'A rotation with an overlap gave the old key an end.',
  fields: (t) => ({
    keyId: t.string({
      description: 'The id of the key that the rotation replaces.',
      resolve: (event) => expirySet(event).keyId,
    }),
    expiresAt: t.field({
      type: 'DateTime',
      // Same type as in KeyCreated: GraphQL merges fields of one name only if their types are equal.
      nullable: true,
      description:
        'From when on the key does not authenticate: the end of the overlap, or its own expiry if that is earlier. It is never null. Its type is nullable so that a document can ask for it together with that of `KeyCreated`.',
      resolve: (event) => timeOf(expirySet(event).expiresAt),
    }),
  }),
});

builder.node(TYPES.UnknownKeyEvent, {
  ...EVENT,
  description:
    'An event that this version of Keyledger cannot read: its type or schema version is unknown, or it is damaged. `unreadable` says why. It is shown as far as possible.',
  fields: (t) => ({
    type: t.exposeString('type', { description: 'The type of the event, as it is stored.' }),
    data: t.field({
      type: 'JSON',
      description: 'The details of the event, as they are stored, without the hash of the secret. Empty if they are damaged.',
      resolve: ({ data }) => Object.fromEntries(Object.entries(data).filter(([name]) => name !== 'secretHash')),
    }),
  }),
});

function timeOf(stored: string | undefined): Date | null {
  return stored === undefined ? null : new Date(stored);
}
