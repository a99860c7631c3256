import type { PastKeyEvent } from '../../domain/keys/model.js';
import { builder } from '../api/builder.js';
import { contentOf, EVENT, TYPES } from './event-node.js';

const frozen = contentOf((event: PastKeyEvent) => event.type === 'AccountFrozen');
const thawed = contentOf((event: PastKeyEvent) => event.type === 'AccountThawed');

builder.node(TYPES.AccountFrozen, {
  ...EVENT,
  description: 'An operator froze the account: no key of it is created, rotated or enabled. Its keys still authenticate.',
  fields: (t) => ({
    note: t.string({
      nullable: true,
      description: 'Why the operator froze it. Null if nobody said.',
      resolve: (event) => frozen(event).note,
    }),
  }),
});

builder.node(TYPES.AccountThawed, {
  ...EVENT,
  description: 'An operator ended the freeze of the account.',
  fields: (t) => ({
    note: t.string({
      nullable: true,
      description: 'Why the operator thawed it. Null if nobody said.',
      resolve: (event) => thawed(event).note,
    }),
  }),
});
