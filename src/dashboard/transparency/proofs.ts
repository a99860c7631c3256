import { canonicalJson } from '../../domain/transparency/canonical-json.js';
import { decodePath, verifyConsistency, verifyInclusion } from '../../domain/transparency/merkle-proof.js';
import { webHashLeaf } from '../../domain/transparency/web-hashes.js';
import type { ShownEvent } from './shown-event.js';

/** A tree of the log. */
export interface Tree {
  /** The number of leaves, at least 1. */
  size: number;
  root: Uint8Array;
}

/** An inclusion proof, as the API returns it: hashes in base64. */
export interface Inclusion {
  leafIndex: number;
  path: string[];
}

/** True if the event, exactly as it is shown, is a leaf of the tree (RFC 9162, 2.1.3.2). */
export async function isIncluded(event: ShownEvent, { leafIndex, path }: Inclusion, { size, root }: Tree): Promise<boolean> {
  const hashes = decodePath(path);
  if (!hashes) return false;
  return verifyInclusion({ index: leafIndex, size, leafHash: await webHashLeaf(canonicalJson(event)), root, path: hashes });
}

/** True if the later tree begins with the earlier one (RFC 9162, 2.1.4.2). */
export async function extendsTree(earlier: Tree, later: Tree, path: string[]): Promise<boolean> {
  const hashes = decodePath(path);
  if (!hashes) return false;
  const [first, second] = [earlier.size, later.size];
  return verifyConsistency({ first, second, firstRoot: earlier.root, secondRoot: later.root, path: hashes });
}
