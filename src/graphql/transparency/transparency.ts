import type { SignedCheckpoint } from '../../domain/transparency/sign-checkpoint.js';
import type { Inclusion } from '../../projections/transparency/transparency.js';
import { builder } from '../api/builder.js';
import type { Context } from '../api/context.js';
import { BadUserInput } from '../api/errors.js';
import { historyOf, treeOf } from '../api/projections.js';
import { mayReadHistory } from '../api/visible-account.js';
import { KeyEvent } from '../audit/event.js';

const TREE_SIZE =
  'The size of the tree: `treeSize` of a checkpoint that you hold. Error: `BAD_USER_INPUT` for a size that the tree never had.';

const base64 = (bytes: Uint8Array) => Buffer.from(bytes).toString('base64');

const Checkpoint = builder.objectRef<SignedCheckpoint>('Checkpoint').implement({
  description:
    'A signed statement of what the log contains. Keep it: it proves later whether anyone has rewritten the events that it covers.',
  fields: (t) => ({
    note: t.exposeString('note', { description: 'The signed note itself (C2SP tlog-checkpoint). This is the text to keep.' }),
    origin: t.exposeString('origin', { description: 'The name of the log. It is also the name of the key that signed.' }),
    treeSize: t.exposeInt('size', { description: 'How many events the checkpoint covers.' }),
    root: t.string({
      description: 'The root of the Merkle tree over these events, in base64.',
      resolve: ({ root }) => base64(root),
    }),
    publicKey: t.exposeString('verifierKey', {
      description:
        'The public key that verifies the signature (C2SP signed-note). Compare it with the one that `keyledger log-key` prints.',
    }),
  }),
});

const InclusionProof = builder.objectRef<Inclusion & { treeSize: number }>('InclusionProof').implement({
  description: 'The proof that an event is in a tree: hashes that lead from its leaf to the root (RFC 6962, section 2.1.1).',
  fields: (t) => ({
    treeSize: t.exposeInt('treeSize', { description: 'How many leaves the tree has.' }),
    leafIndex: t.exposeInt('leafIndex', { description: 'The place of the leaf in the tree, from 0.' }),
    leafHash: t.string({
      description: 'The hash of the leaf, in base64: SHA-256 of the byte 0 and the `canonical` text of the event.',
      resolve: ({ leafHash }) => base64(leafHash),
    }),
    path: t.stringList({
      description: 'The hashes beside the way from the leaf to the root, the lowest first, in base64.',
      resolve: ({ path }) => path.map(base64),
    }),
  }),
});

const ConsistencyProof = builder.objectRef<{ fromSize: number; toSize: number; path: Buffer[] }>('ConsistencyProof').implement({
  description: 'The proof that a tree begins with an earlier one, so that nothing was rewritten (RFC 6962, section 2.1.2).',
  fields: (t) => ({
    fromSize: t.exposeInt('fromSize', { description: 'How many leaves the earlier tree has.' }),
    toSize: t.exposeInt('toSize', { description: 'How many leaves the later tree has.' }),
    path: t.stringList({
      description: 'The hashes of the proof, in the order of RFC 6962, in base64.',
      resolve: ({ path }) => path.map(base64),
    }),
  }),
});

builder.queryFields((t) => ({
  checkpoint: t.field({
    type: Checkpoint,
    nullable: true,
    description: 'The newest signed checkpoint. Error: `NO_CHECKPOINT`, which says why there is none.',
    authScopes: { historyReader: true },
    resolve: (_root, _args, { checkpoints }) => checkpoints.newest(),
  }),
  inclusionProof: t.field({
    type: InclusionProof,
    nullable: true,
    description: 'The proof that an event is in the tree of that size. Null if the event came later, or if you may not see it.',
    authScopes: { historyReader: true },
    args: {
      eventId: t.arg.string({ description: 'The `eventId` of the event: a UUID.' }),
      treeSize: t.arg.int({ description: TREE_SIZE }),
    },
    resolve: async (_, { eventId, treeSize }, context) => {
      const event = (await historyOf(context)).find(eventId);
      return event && mayReadHistory(event.account, context.viewer) ? inclusionOf(eventId, treeSize, context) : null;
    },
  }),
  consistencyProof: t.field({
    type: ConsistencyProof,
    nullable: true,
    description: 'The proof that the tree of the larger size begins with the tree of the smaller size.',
    authScopes: { historyReader: true },
    args: {
      fromSize: t.arg.int({
        description:
          'The smaller size: `treeSize` of a checkpoint that you kept. Error: `BAD_USER_INPUT` for a size that the tree never had.',
      }),
      toSize: t.arg.int({ description: 'The larger size: `treeSize` of a newer checkpoint.' }),
    },
    resolve: (_, { fromSize, toSize }, { tree }) => {
      if (fromSize < 0 || fromSize > toSize)
        throw new BadUserInput(`fromSize must be from 0 to toSize, which is ${toSize}`, ['fromSize']);
      return { fromSize, toSize, path: ofKnownSize('toSize', () => tree.filled().consistency(fromSize, toSize)) };
    },
  }),
}));

builder.interfaceField(KeyEvent, 'inclusionProof', (t) =>
  t.field({
    type: InclusionProof,
    nullable: true,
    description: 'The proof that the event is in the tree of that size. Null if the event came later.',
    args: { treeSize: t.arg.int({ description: TREE_SIZE }) },
    resolve: ({ id }, { treeSize }, context) => inclusionOf(id, treeSize, context),
  }),
);

async function inclusionOf(eventId: string, treeSize: number, context: Context) {
  const tree = await treeOf(context, eventId);
  const inclusion = ofKnownSize('treeSize', () => tree.inclusion(eventId, treeSize));
  return inclusion ? { ...inclusion, treeSize } : null;
}

function ofKnownSize<T>(argument: string, prove: () => T): T {
  try {
    return prove();
  } catch (error) {
    if (error instanceof RangeError) throw new BadUserInput(`${argument}: ${error.message}`, [argument]);
    throw error;
  }
}
