import { consistencySides, inclusionSides, type Side } from './merkle-path.js';
import { EMPTY_ROOT, hashNode } from './merkle-tree.js';

/** Proves that a leaf is at an index in the tree of that size and root. */
export interface InclusionProof {
  /** From 0. */
  index: number;
  /** The number of leaves in the tree. */
  size: number;
  leafHash: Uint8Array;
  root: Uint8Array;
  path: readonly Uint8Array[];
}

/** Proves that the second tree begins with the first. Sizes count leaves. */
export interface ConsistencyProof {
  first: number;
  second: number;
  firstRoot: Uint8Array;
  secondRoot: Uint8Array;
  path: readonly Uint8Array[];
}

/**
 * True if the proof holds (RFC 9162, 2.1.3.2). A proof binds a leaf to a root, not a root to a size: if trees of different sizes have the
 * same shape along the path, only the signature over size and root tells them apart.
 */
export function verifyInclusion({ index, size, leafHash, root, path }: InclusionProof): boolean {
  if (!areSizes(index, size) || index >= size || !areHashes([leafHash, root, ...path])) return false;
  const sides = inclusionSides(index, size);
  return path.length === sides.length && equal(climb(leafHash, path, sides), root);
}

/**
 * True if the proof holds (RFC 9162, 2.1.4.2). Trees of the same size must have the same root. Every tree extends the empty one, so a
 * proof from size 0 says nothing about the second root. In both cases the path is empty. Sizes are bound as in `verifyInclusion`.
 */
export function verifyConsistency({ first, second, firstRoot, secondRoot, path }: ConsistencyProof): boolean {
  if (!areSizes(first, second) || first > second || !areHashes([firstRoot, secondRoot, ...path])) return false;
  if (first === 0 && !equal(firstRoot, EMPTY_ROOT)) return false;
  if (first === 0 || first === second) return path.length === 0 && (first < second || equal(firstRoot, secondRoot));
  const { startsInPath, sides } = consistencySides(first, second);
  const [start, ...siblings] = startsInPath ? path : [firstRoot, ...path];
  if (start === undefined || siblings.length !== sides.length) return false;
  const old = siblings.filter((_, step) => sides[step] === 'left');
  const oldSides = sides.filter((side) => side === 'left');
  return equal(climb(start, old, oldSides), firstRoot) && equal(climb(start, siblings, sides), secondRoot);
}

/** Computes the hash to which a path leads. */
function climb(start: Uint8Array, path: readonly Uint8Array[], sides: readonly Side[]): Uint8Array {
  return path.reduce((hash, sibling, step) => {
    return sides[step] === 'left' ? hashNode(sibling, hash) : hashNode(hash, sibling);
  }, start);
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
