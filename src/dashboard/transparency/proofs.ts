import { canonicalJson } from '../../domain/transparency/canonical-json.js';
import { consistencySides, inclusionSides, type Side } from '../../domain/transparency/merkle-path.js';
import { type Bytes, equal, fromBase64, hashLeaf, hashNode } from './hashes.js';
import type { ShownEvent } from './shown-event.js';

/** A tree that the log was signed for. */
export interface Tree {
  /** A whole number, from 1. */
  size: number;
  root: Bytes;
}

/** As the API gives it: hashes in base64. */
export interface Inclusion {
  leafIndex: number;
  path: string[];
}

/** SHA-256, in bytes. */
const HASH_LENGTH = 32;

/** Whether an event, exactly as it is shown, is a leaf of the tree (RFC 9162, 2.1.3.2). */
export async function isIncluded(event: ShownEvent, { leafIndex, path }: Inclusion, tree: Tree): Promise<boolean> {
  if (!Number.isSafeInteger(leafIndex) || leafIndex < 0 || leafIndex >= tree.size) return false;
  const hashes = hashesIn(path);
  const sides = inclusionSides(leafIndex, tree.size);
  if (hashes?.length !== sides.length) return false;
  return equal(await climb(await hashLeaf(canonicalJson(event)), hashes, sides), tree.root);
}

/** Whether the later tree begins with the earlier (RFC 9162, 2.1.4.2). The earlier is not the larger. */
export async function extendsTree(earlier: Tree, later: Tree, path: string[]): Promise<boolean> {
  if (earlier.size === later.size) return path.length === 0 && equal(earlier.root, later.root);
  const hashes = hashesIn(path);
  if (!hashes) return false;
  const { startsInPath, sides } = consistencySides(earlier.size, later.size);
  const [start, ...siblings] = startsInPath ? hashes : [earlier.root, ...hashes];
  if (start === undefined || siblings.length !== sides.length) return false;
  const left = siblings.filter((_, step) => sides[step] === 'left');
  const old = await climb(
    start,
    left,
    left.map(() => 'left'),
  );
  return equal(old, earlier.root) && equal(await climb(start, siblings, sides), later.root);
}

/**
 * The hashes of a path. Undefined where one of them has another length: then the same bytes could be divided otherwise, and a
 * proof that one tree extends another could be made for any two.
 */
function hashesIn(path: string[]): Bytes[] | undefined {
  const hashes = path.map(fromBase64);
  return hashes.every(({ length }) => length === HASH_LENGTH) ? hashes : undefined;
}

/** The hash to which a path leads. */
async function climb(start: Bytes, path: Bytes[], sides: Side[]): Promise<Bytes> {
  let hash = start;
  for (const [step, sibling] of path.entries()) {
    hash = sides[step] === 'left' ? await hashNode(sibling, hash) : await hashNode(hash, sibling);
  }
  return hash;
}
