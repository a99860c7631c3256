import type { DeletedKey as Deleted } from '../../domain/keys/deleted-key.js';
import { builder } from '../api/builder.js';
import { GLOBAL_ID } from '../api/global-id.js';
import { PAGE_ARGUMENTS } from '../api/page.js';
import { historyOf } from '../api/projections.js';
import { recordRead } from '../api/record-read.js';
import { mayReadHistory, requireHistory } from '../api/visible-account.js';
import { Account } from '../keys/account.js';
import { KeyRecord } from '../keys/key-record.js';
import { eventPage } from './event.js';
import { DeletionReason } from './key-events.js';

export const DeletedKey = builder.objectRef<Deleted>('DeletedKey');

builder.node(DeletedKey, {
  description: 'A key that was deleted: what it was, and how it ended. Deletion is for good, so this never changes.',
  interfaces: [KeyRecord],
  id: { description: GLOBAL_ID, resolve: ({ keyId }) => keyId },
  loadOne: async (keyId, context) => {
    const account = context.keys.accountOfKey(keyId);
    if (account === undefined || !mayReadHistory(account, context.viewer)) return null;
    recordRead(context, 'node', { account, keyId });
    return (await historyOf(context)).deletedKey(keyId);
  },
  fields: (t) => ({
    deletedAt: t.field({
      type: 'DateTime',
      description: 'When the key was deleted. It has been refused from then on.',
      resolve: ({ deletedAt }) => new Date(deletedAt),
    }),
    deletedBy: t.exposeString('deletedBy', {
      description:
        'Who deleted the key: the subject of a token, `system:expiry`, `system:recovery`, `anonymous:leak-report`, or `local:…` with the user of the operating system who ran a command.',
    }),
    reason: t.expose('reason', { type: DeletionReason, description: 'Why the key was deleted.' }),
    note: t.exposeString('note', { nullable: true, description: 'Why an operator deleted the key. Null if nobody said.' }),
    replacedBy: t.exposeString('replacedBy', {
      nullable: true,
      description: 'The id of the key that replaced it, if a rotation deleted it at once. Null otherwise.',
    }),
  }),
});

builder.objectField(Account, 'deletedKeys', (t) =>
  t.connection(
    {
      type: DeletedKey,
      nullable: true,
      description: 'The deleted keys of the account, in the order of their deletion. The read is recorded (see `reads`).',
      extensions: { arguments: PAGE_ARGUMENTS },
      resolve: async ({ accountId }, page, context) => {
        requireHistory(accountId, context.viewer);
        recordRead(context, 'Account.deletedKeys', { account: accountId });
        const ledger = await historyOf(context);
        const { edges, pageInfo } = await eventPage(ledger, { account: accountId, type: 'KeyDeleted' }, page);
        const keys = edges.flatMap(({ cursor, node: { keyId } }) => {
          const node = keyId === null ? undefined : ledger.deletedKey(keyId);
          return node ? [{ cursor, node }] : [];
        });
        return { edges: keys, pageInfo };
      },
    },
    { name: 'DeletedKeyConnection', description: 'A page of deleted keys (GraphQL Cursor Connections Specification).' },
    { name: 'DeletedKeyEdge', description: 'A deleted key, and its cursor.' },
  ),
);
