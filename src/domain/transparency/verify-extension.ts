import type { Checkpoint } from './checkpoint.js';
import { decodePath, verifyConsistency } from './merkle-proof.js';

/** Shows that the tree of a filtered export begins with that of an earlier checkpoint. */
export interface Extension {
  /** The number of leaves of the earlier tree. */
  size: number;
  /** The consistency proof in base64 (RFC 9162, 2.1.4). */
  path: string[];
}

/** `unshown`: there is no proof. `behind`: the earlier checkpoint covers more events. */
export type Extended = 'extended' | 'contradicted' | 'unshown' | 'behind';

/** Whether the tree of an export's own checkpoint begins with that of another one. Both signatures must have been verified. */
export async function verifyExtension(
  kept: Checkpoint,
  own: Checkpoint,
  extensions: readonly Extension[] = [],
): Promise<Extended> {
  if (kept.size > own.size) return 'behind';
  const needsNone = kept.size === 0 || kept.size === own.size;
  const shown = needsNone ? [] : extensions.find(({ size }) => size === kept.size)?.path;
  if (!shown) return 'unshown';
  const path = decodePath(shown);
  const proof = { first: kept.size, second: own.size, firstRoot: kept.root, secondRoot: own.root };
  return path && (await verifyConsistency({ ...proof, path })) ? 'extended' : 'contradicted';
}
