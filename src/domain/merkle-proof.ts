import { EMPTY_ROOT, hashNode } from './merkle-tree.js';

/** That a leaf stands at an index in the tree of that size and root. */
export interface InclusionProof {
  /** From 0. */
  index: number;
  /** How many leaves the tree has. */
  size: number;
  leafHash: Uint8Array;
  root: Uint8Array;
  path: readonly Uint8Array[];
}

/** That the second tree begins with the first. Sizes count leaves. */
export interface ConsistencyProof {
  first: number;
  second: number;
  firstRoot: Uint8Array;
  secondRoot: Uint8Array;
  path: readonly Uint8Array[];
}

/**
 * Whether the proof holds (RFC 9162, 2.1.3.2). A proof binds a leaf to a root, not a root to a size: sizes whose trees have
 * the same shape along the path are told apart by the signature over size and root alone.
 */
export function verifyInclusion({ index, size, leafHash, root, path }: InclusionProof): boolean {
  if (!areSizes(index, size) || index >= size || !areHashes([leafHash, root, ...path])) return false;
  const sides = sidesOf(index, size - 1);
  return path.length === sides.length && equal(climb(leafHash, path, sides), root);
}

/**
 * Whether the proof holds (RFC 9162, 2.1.4.2). Trees of one size must have one root. Every tree extends the empty one, so a
 * proof from size 0 says nothing about the second root. Both have an empty path. Sizes are bound as in `verifyInclusion`.
 */
export function verifyConsistency({ first, second, firstRoot, secondRoot, path }: ConsistencyProof): boolean {
  if (!areSizes(first, second) || first > second || !areHashes([firstRoot, secondRoot, ...path])) return false;
  if (first === 0 && !equal(firstRoot, EMPTY_ROOT)) return false;
  if (first === 0 || first === second) return path.length === 0 && (first < second || equal(firstRoot, secondRoot));
  const [start, ...siblings] = isPowerOfTwo(first) ? [firstRoot, ...path] : path;
  const sides = sidesOf(...withoutCompleteLevels(first - 1, second - 1));
  if (start === undefined || siblings.length !== sides.length) return false;
  const old = siblings.filter((_, step) => sides[step] === 'left');
  const oldSides = sides.filter((side) => side === 'left');
  return equal(climb(start, old, oldSides), firstRoot) && equal(climb(start, siblings, sides), secondRoot);
}

/** The side on which the hash of a path stands beside what was computed so far. */
type Side = 'left' | 'right';

/** The sides on the way from a node to the root; `last` is the last node of the same level. Lowest first. */
function sidesOf(node: number, last: number): Side[] {
  if (last === 0) return [];
  // The last node of a level has no sibling where its index is even; it stands for its parent.
  if (node === last && node % 2 === 0) return sidesOf(half(node), half(last));
  return [node % 2 === 1 ? 'left' : 'right', ...sidesOf(half(node), half(last))];
}

/** The hash to which a path leads. */
function climb(start: Uint8Array, path: readonly Uint8Array[], sides: readonly Side[]): Uint8Array {
  return path.reduce((hash, sibling, step) => {
    return sides[step] === 'left' ? hashNode(sibling, hash) : hashNode(hash, sibling);
  }, start);
}

/** Up to the largest complete subtree at the end of the first tree. */
function withoutCompleteLevels(node: number, last: number): [node: number, last: number] {
  return node % 2 === 1 ? withoutCompleteLevels(half(node), half(last)) : [node, last];
}

/** By division: a shift would cut the number to 32 bits. */
function half(value: number): number {
  return Math.floor(value / 2);
}

function isPowerOfTwo(value: number): boolean {
  return value === 1 || (value % 2 === 0 && isPowerOfTwo(value / 2));
}

function areSizes(...values: number[]): boolean {
  return values.every((value) => Number.isSafeInteger(value) && value >= 0);
}

function areHashes(values: readonly Uint8Array[]): boolean {
  return values.every(({ length }) => length === EMPTY_ROOT.length);
}

function equal(a: Uint8Array, b: Uint8Array): boolean {
  return Buffer.compare(a, b) === 0;
}
