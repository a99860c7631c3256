import type { DeletedKey as Deleted } from '../domain/deleted-key.js';
import { Account } from './account.js';
import { builder, GLOBAL_ID } from './builder.js';
import { eventPage } from './event.js';
import { KeyRecord } from './key-record.js';
import { noteRead } from './note-read.js';
import { PAGE_ARGUMENTS } from './page.js';
import { historyOf } from './projections.js';
import { mayRead } from './visible-account.js';

const DeletionReason = builder.enumType('DeletionReason', {
  description: 'Why a key was deleted.',
  values: {
    REQUESTED: { description: 'Its owner asked for it.' },
    ROTATED: { description: 'Another key replaced it.' },
    EXPIRED: { description: 'Its time was over, and its place was needed.' },
    LEAKED: { description: 'Its secret was found where others could read it.' },
  } as const,
});

export const DeletedKey = builder.objectRef<Deleted>('DeletedKey');

builder.node(DeletedKey, {
  description: 'A key that was deleted, for good: as it was then, and how it ended. It never changes.',
  interfaces: [KeyRecord],
  id: { description: GLOBAL_ID, resolve: ({ keyId }) => keyId },
  loadOne: async (keyId, context) => {
    const account = context.keys.accountOfKey(keyId);
    if (account === undefined || !mayRead(account, context.viewer)) return null;
    noteRead(context, 'node', { account, keyId });
    return (await historyOf(context)).deletedKey(keyId);
  },
  fields: (t) => ({
    deletedAt: t.field({
      type: 'DateTime',
      description: 'When it was deleted.',
      resolve: ({ deletedAt }) => new Date(deletedAt),
    }),
    deletedBy: t.exposeString('deletedBy', {
      description: 'Who deleted it: the subject of a token, `system:…`, or `anonymous:leak-report`.',
    }),
    reason: t.expose('reason', { type: DeletionReason, description: 'Why it was deleted.' }),
    replacedBy: t.exposeString('replacedBy', {
      nullable: true,
      description: 'The key id of the key that took its place, where a rotation deleted it at once.',
    }),
  }),
});

builder.objectField(Account, 'deletedKeys', (t) =>
  t.connection(
    {
      type: DeletedKey,
      nullable: true,
      description: 'The keys that it held and that were deleted, in the order of their deletion.',
      extensions: { arguments: PAGE_ARGUMENTS },
      resolve: async ({ accountId }, page, context) => {
        noteRead(context, 'Account.deletedKeys', { account: accountId });
        const ledger = await historyOf(context);
        const { edges, pageInfo } = await eventPage(ledger, { account: accountId, type: 'KeyDeleted' }, page);
        const keys = edges.flatMap(({ cursor, node: { keyId } }) => {
          const node = keyId === null ? undefined : ledger.deletedKey(keyId);
          return node ? [{ cursor, node }] : [];
        });
        return { edges: keys, pageInfo };
      },
    },
    { name: 'DeletedKeyConnection', description: 'Deleted keys, page by page (GraphQL Cursor Connections Specification).' },
    { name: 'DeletedKeyEdge', description: 'A deleted key and its cursor.' },
  ),
);
