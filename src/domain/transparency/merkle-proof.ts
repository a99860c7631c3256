import { type Bytes, decodeBase64, equal } from './bytes.js';
import { consistencySides, inclusionSides, type Side } from './merkle-path.js';
import { sha256, webHashNode } from './web-hashes.js';

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

/** SHA-256 of 0x01 and the hashes of both halves (RFC 6962, 2.1). A caller with many proofs gives a faster one than `webHashNode`. */
export type HashNode = (left: Uint8Array, right: Uint8Array) => Uint8Array | Promise<Uint8Array>;

/**
 * True if the proof holds (RFC 9162, 2.1.3.2). A proof binds a leaf to a root, not a root to a size: if trees of different sizes have the
 * same shape along the path, only the signature over size and root tells them apart.
 */
export async function verifyInclusion(proof: InclusionProof, hashNode: HashNode = webHashNode): Promise<boolean> {
  const { index, size, leafHash, root, path } = proof;
  if (!areSizes(index, size) || index >= size || !areHashes([leafHash, root, ...path])) return false;
  const sides = inclusionSides(index, size);
  return path.length === sides.length && equal(await climb(leafHash, path, sides, hashNode), root);
}

/**
 * True if the proof holds (RFC 9162, 2.1.4.2). Trees of the same size must have the same root. Every tree extends the empty one, so a
 * proof from size 0 says nothing about the second root. In both cases the path is empty. Sizes are bound as in `verifyInclusion`.
 */
export async function verifyConsistency(proof: ConsistencyProof, hashNode: HashNode = webHashNode): Promise<boolean> {
  const { first, second, firstRoot, secondRoot, path } = proof;
  if (!areSizes(first, second) || first > second || !areHashes([firstRoot, secondRoot, ...path])) return false;
  if (first === 0 && !equal(firstRoot, await sha256(new Uint8Array()))) return false;
  if (first === 0 || first === second) return path.length === 0 && (first < second || equal(firstRoot, secondRoot));
  const { startsInPath, sides } = consistencySides(first, second);
  const [start, ...siblings] = startsInPath ? path : [firstRoot, ...path];
  if (start === undefined || siblings.length !== sides.length) return false;
  const old = siblings.filter((_, step) => sides[step] === 'left');
  const oldSides = sides.filter((side) => side === 'left');
  if (!equal(await climb(start, old, oldSides, hashNode), firstRoot)) return false;
  return equal(await climb(start, siblings, sides, hashNode), secondRoot);
}

/** Decodes a path from strict base64. Undefined if one of its members is something else: such a proof holds for no tree. */
export function decodePath(path: readonly string[]): Bytes[] | undefined {
  const hashes = path.map(decodeBase64);
  return hashes.every((hash) => hash !== undefined) ? hashes : undefined;
}

/** SHA-256, in bytes. */
const HASH_LENGTH = 32;

/** Computes the hash to which a path leads. */
async function climb(
  start: Uint8Array,
  path: readonly Uint8Array[],
  sides: readonly Side[],
  hashNode: HashNode,
): Promise<Uint8Array> {
  let hash = start;
  for (const [step, sibling] of path.entries()) {
    hash = await (sides[step] === 'left' ? hashNode(sibling, hash) : hashNode(hash, sibling));
  }
  return hash;
}

function areSizes(...values: number[]): boolean {
  return values.every((value) => Number.isSafeInteger(value) && value >= 0);
}

/** With hashes of another length, the same bytes could be divided otherwise, and a proof could be made for any two trees. */
function areHashes(values: readonly Uint8Array[]): boolean {
  return values.every(({ length }) => length === HASH_LENGTH);
}
