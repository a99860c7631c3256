import { canonicalJson } from '../../domain/canonical-json.js';
import { consistencySides, inclusionSides, type Side } from '../../domain/merkle-path.js';
import { type Bytes, equal, fromBase64, hashLeaf, hashNode } from './hashes.js';
import type { ShownEvent } from './shown-event.js';

/** A tree that the log was signed for. */
export interface Tree {
  size: number;
  root: Bytes;
}

/** As the API gives it: hashes in base64. */
export interface Inclusion {
  treeSize: number;
  leafIndex: number;
  path: string[];
}

/** Whether an event, exactly as it is shown, is a leaf of the tree (RFC 9162, 2.1.3.2). */
export async function isIncluded(event: ShownEvent, { treeSize, leafIndex, path }: Inclusion, tree: Tree): Promise<boolean> {
  if (treeSize !== tree.size || leafIndex >= tree.size) return false;
  const sides = inclusionSides(leafIndex, tree.size);
  if (path.length !== sides.length) return false;
  return equal(await climb(await hashLeaf(canonicalJson(event)), path.map(fromBase64), sides), tree.root);
}

/** Whether the later tree begins with the earlier (RFC 9162, 2.1.4.2). Both hold leaves. */
export async function extendsTree(earlier: Tree, later: Tree, path: string[]): Promise<boolean> {
  if (earlier.size === later.size) return path.length === 0 && equal(earlier.root, later.root);
  const { startsInPath, sides } = consistencySides(earlier.size, later.size);
  const hashes = path.map(fromBase64);
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

/** The hash to which a path leads. */
async function climb(start: Bytes, path: Bytes[], sides: Side[]): Promise<Bytes> {
  let hash = start;
  for (const [step, sibling] of path.entries()) {
    hash = sides[step] === 'left' ? await hashNode(sibling, hash) : await hashNode(hash, sibling);
  }
  return hash;
}
