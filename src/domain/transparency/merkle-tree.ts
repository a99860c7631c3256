import { hash } from 'node:crypto';

/** The root of the empty tree: SHA-256 of no bytes (RFC 6962, 2.1). */
export const EMPTY_ROOT = hash('sha256', '', 'buffer');

/** A complete subtree of 2^level leaves; its first leaf has index `index` × 2^level. Nodes of level 0 hold the leaf hashes. */
export interface TreeNode {
  level: number;
  /** The node's index within its level, from 0. */
  index: number;
  hash: Buffer;
}

/** Returns the hash of a complete subtree that was appended before. Throws if it is unknown. */
export type NodeSource = (level: number, index: number) => Buffer;

/** SHA-256 of 0x00 and the leaf's bytes (RFC 6962, 2.1). 32 bytes. */
export function hashLeaf(leaf: Uint8Array): Buffer {
  return hash('sha256', Buffer.concat([LEAF_PREFIX, leaf]), 'buffer');
}

/** The same of a leaf's text, whose bytes are its UTF-8. They need not be made for that: U+0000 is 0x00 in UTF-8. */
export function hashLeafText(text: string): Buffer {
  return hash('sha256', `\u0000${text}`, 'buffer');
}

/** SHA-256 of 0x01 and the hashes of both halves (RFC 6962, 2.1). 32 bytes. */
export function hashNode(left: Uint8Array, right: Uint8Array): Buffer {
  return hash('sha256', Buffer.concat([NODE_PREFIX, left, right]), 'buffer');
}

/**
 * Appends a leaf at this index (from 0). Returns the nodes that it completes, lowest first; these are what the caller must store. The
 * source must know the nodes of all leaves before; it is asked for one node fewer than are returned.
 */
export function appendLeaf(index: number, leafHash: Buffer, nodes: NodeSource): TreeNode[] {
  let node: TreeNode = { level: 0, index, hash: leafHash };
  const complete = [node];
  while (node.index % 2 === 1) {
    const left = nodes(node.level, node.index - 1);
    node = { level: node.level + 1, index: (node.index - 1) / 2, hash: hashNode(left, node.hash) };
    complete.push(node);
  }
  return complete;
}

/**
 * The root of the tree of the first `size` leaves (RFC 6962, 2.1), whatever was appended since. Reads O(log size) nodes.
 * @throws RangeError if the size is not a whole number from 0
 */
export function treeRoot(size: number, nodes: NodeSource): Buffer {
  requireCount('size', size, 0);
  return size === 0 ? EMPTY_ROOT : rangeHash(0, size, nodes);
}

/**
 * The audit path of leaf `index` (from 0) in the tree of the first `size` leaves, lowest first (RFC 6962, 2.1.1).
 * @throws RangeError if the tree has no such leaf
 */
export function inclusionPath(index: number, size: number, nodes: NodeSource): Buffer[] {
  requireCount('index', index, 0);
  requireCount('size', size, index + 1);
  let [start, end] = [0, size];
  const path: Buffer[] = [];
  while (end - start > 1) {
    const middle = start + 2 ** leftLevel(end - start);
    if (index < middle) {
      path.push(rangeHash(middle, end, nodes));
      end = middle;
    } else {
      path.push(rangeHash(start, middle, nodes));
      start = middle;
    }
  }
  return path.reverse();
}

/**
 * The proof that the tree of `second` leaves extends the tree of `first` (RFC 6962, 2.1.2). Empty if the sizes are equal or `first` is 0.
 * @throws RangeError if `first` is greater than `second`
 */
export function consistencyPath(first: number, second: number, nodes: NodeSource): Buffer[] {
  requireCount('first size', first, 0);
  requireCount('second size', second, first);
  if (first === 0) return [];
  let [start, end] = [0, second];
  const path: Buffer[] = [];
  while (end !== first) {
    const middle = start + 2 ** leftLevel(end - start);
    if (first <= middle) {
      path.push(rangeHash(middle, end, nodes));
      end = middle;
    } else {
      path.push(rangeHash(start, middle, nodes));
      start = middle;
    }
  }
  // The verifier knows the root of the first tree, so a hash is needed only for a part of it.
  if (start > 0) path.push(rangeHash(start, end, nodes));
  return path.reverse();
}

const LEAF_PREFIX = Buffer.from([0]);
const NODE_PREFIX = Buffer.from([1]);

/** The hash of the subtree of the leaves from `start` up to `end`: MTH(D[start:end]) of RFC 6962, 2.1. */
function rangeHash(start: number, end: number, nodes: NodeSource): Buffer {
  const level = leftLevel(end - start + 1);
  const width = 2 ** level;
  const left = nodes(level, start / width);
  return width === end - start ? left : hashNode(left, rangeHash(start + width, end, nodes));
}

/** RFC 6962 splits a tree of two or more leaves at the largest power of two below their number: at 2^level. */
function leftLevel(leaves: number): number {
  let level = 0;
  while (2 ** (level + 1) < leaves) level += 1;
  return level;
}

function requireCount(name: string, value: number, least: number): void {
  if (Number.isSafeInteger(value) && value >= least) return;
  throw new RangeError(`The ${name} should be a whole number from ${least}, but is ${value}.`);
}
