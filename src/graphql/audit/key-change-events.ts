import type { PastKeyEvent } from '../../domain/keys/model.js';
import { builder } from '../api/builder.js';
import { contentOf, EVENT, TYPES } from './event-node.js';

const IDEMPOTENCY_KEY = 'The name that the client gave to its request. Null if it gave none.';

const renamed = contentOf((event: PastKeyEvent) => event.type === 'KeyRenamed');
const disabled = contentOf((event: PastKeyEvent) => event.type === 'KeyDisabled');
const enabled = contentOf((event: PastKeyEvent) => event.type === 'KeyEnabled');

builder.node(TYPES.KeyRenamed, {
  ...EVENT,
  description: 'A key was given another name.',
  fields: (t) => ({
    keyId: t.string({ description: 'The id of the key that was renamed.', resolve: (event) => renamed(event).keyId }),
    name: t.string({ description: 'The new name.', resolve: (event) => renamed(event).name }),
    idempotencyKey: t.string({
      nullable: true,
      description: IDEMPOTENCY_KEY,
      resolve: (event) => renamed(event).idempotencyKey,
    }),
  }),
});

builder.node(TYPES.KeyDisabled, {
  ...EVENT,
  description: 'A key was disabled: it is refused until it is enabled. It keeps its slot.',
  fields: (t) => ({
    keyId: t.string({ description: 'The id of the key that was disabled.', resolve: (event) => disabled(event).keyId }),
    idempotencyKey: t.string({
      nullable: true,
      description: IDEMPOTENCY_KEY,
      resolve: (event) => disabled(event).idempotencyKey,
    }),
  }),
});

builder.node(TYPES.KeyEnabled, {
  ...EVENT,
  description: 'A disabled key was enabled: it authenticates again, until it expires.',
  fields: (t) => ({
    keyId: t.string({ description: 'The id of the key that was enabled.', resolve: (event) => enabled(event).keyId }),
    idempotencyKey: t.string({
      nullable: true,
      description: IDEMPOTENCY_KEY,
      resolve: (event) => enabled(event).idempotencyKey,
    }),
  }),
});
