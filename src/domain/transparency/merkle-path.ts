/** The side on which the hash of a path stands beside what was computed so far. */
export type Side = 'left' | 'right';

/** How the hashes of a consistency proof are put together. */
export interface ConsistencySides {
  /** Whether the path begins with the hash of the subtree that both trees end their common part in; else that is the first root. */
  startsInPath: boolean;
  sides: Side[];
}

/** The sides on the way from a leaf to the root of a tree of that size, the lowest first (RFC 9162, 2.1.3.2). */
export function inclusionSides(index: number, size: number): Side[] {
  return sidesOf(index, size - 1);
}

/**
 * The sides on the way from the largest complete subtree at the end of the first tree to the root of the second, the lowest
 * first; what stands on the left leads to the first root too (RFC 9162, 2.1.4.2). Sizes from 1, the first not the larger.
 */
export function consistencySides(first: number, second: number): ConsistencySides {
  return { startsInPath: !isPowerOfTwo(first), sides: sidesOf(...withoutCompleteLevels(first - 1, second - 1)) };
}

/** The sides on the way from a node to the root; `last` is the last node of the same level. */
function sidesOf(node: number, last: number): Side[] {
  if (last === 0) return [];
  // The last node of a level has no sibling where its index is even; it stands for its parent.
  if (node === last && node % 2 === 0) return sidesOf(half(node), half(last));
  return [node % 2 === 1 ? 'left' : 'right', ...sidesOf(half(node), half(last))];
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
