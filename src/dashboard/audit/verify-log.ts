import { CheckpointDocument, ConsistencyProofDocument } from '../../client/gql/graphql.js';
import { messageOf, Refused } from '../api/failures.js';
import { send } from '../api/send.js';
import { type KeptTree, keepTree, keptTree } from '../transparency/kept-tree.js';
import { extendsTree } from '../transparency/proofs.js';
import { type Checkpoint, isSameLog, type SignedTree, verifyTree } from '../transparency/signed-tree.js';
import { counted } from '../ui/counted.js';

/** The result of verifying the newest checkpoint. */
export type LogVerdict =
  /** It is signed, and extends the tree that this browser has seen before, if any. */
  | { state: 'signed'; tree: SignedTree; kept: KeptTree | undefined }
  /** There is no checkpoint, or none yet. */
  | { state: 'unsigned'; reason: string }
  /** This browser cannot check it. */
  | { state: 'unchecked'; reason: string }
  /** The checkpoint or a proof is invalid. */
  | { state: 'broken'; reason: string }
  /** It is correctly signed, but does not extend the tree that this browser has seen before. */
  | { state: 'rewritten'; reason: string };

/** Loads the newest checkpoint, and verifies its signature and its consistency with the tree that this browser keeps. */
export async function verifyLog(signal: AbortSignal): Promise<LogVerdict> {
  if (!isSecureContext) return { state: 'unchecked', reason: 'Browsers check signatures only on pages served over HTTPS.' };
  try {
    const { checkpoint } = await send(CheckpointDocument, {}, { signal });
    return await verify(checkpoint, signal);
  } catch (error) {
    if (error instanceof Refused && error.code === 'NO_CHECKPOINT') return { state: 'unsigned', reason: error.message };
    throw error;
  }
}

async function verify(checkpoint: Checkpoint, signal: AbortSignal): Promise<LogVerdict> {
  let tree: SignedTree;
  try {
    tree = await verifyTree(checkpoint);
  } catch (error) {
    const isUnable = error instanceof DOMException && error.name === 'NotSupportedError';
    if (isUnable) return { state: 'unchecked', reason: 'This browser cannot check Ed25519 signatures.' };
    return { state: 'broken', reason: messageOf(error) };
  }
  return compare(tree, keptTree(), signal);
}

async function compare(tree: SignedTree, kept: KeptTree | undefined, signal: AbortSignal): Promise<LogVerdict> {
  if (kept && !isSameLog(kept.publicKey, tree.publicKey)) {
    return { state: 'rewritten', reason: 'This browser has seen another log here before, or one that another key has signed.' };
  }
  const isRenamed = kept !== undefined && kept.publicKey !== tree.publicKey;
  if (kept && !(await areConsistent(kept, tree, signal))) {
    const loss = isRenamed ? 'Events were lost, and the log goes on under another name. ' : '';
    const reason = `${loss}The log of ${counted(tree.size, 'event')} does not agree with the one of ${kept.size} that this browser has seen before.`;
    return { state: 'rewritten', reason };
  }
  if (!kept || kept.size < tree.size || (isRenamed && kept.size === tree.size)) keepTree(tree);
  return { state: 'signed', tree, kept };
}

/** A server process that is behind may show a smaller tree than the kept one; then the kept one must extend it. */
async function areConsistent(kept: KeptTree, tree: SignedTree, signal: AbortSignal): Promise<boolean> {
  const [earlier, later] = kept.size <= tree.size ? [kept, tree] : [tree, kept];
  try {
    const sizes = { fromSize: earlier.size, toSize: later.size };
    const { consistencyProof } = await send(ConsistencyProofDocument, sizes, { signal });
    return extendsTree(earlier, later, consistencyProof.path);
  } catch (error) {
    // The log never had the larger size.
    if (error instanceof Refused && error.code === 'BAD_USER_INPUT') return false;
    throw error;
  }
}
