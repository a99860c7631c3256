/** The side of a sibling hash relative to the hash computed so far. */
export type Side = 'left' | 'right';

/** How to combine the hashes of a consistency proof. */
export interface ConsistencySides {
  /**
   * True if the path begins with the hash of the last complete subtree of the first tree; otherwise the computation starts with the first
   * root.
   */
  startsInPath: boolean;
  sides: Side[];
}

/** The sides from a leaf to the root of a tree of that size, lowest first (RFC 9162, 2.1.3.2). */
export function inclusionSides(index: number, size: number): Side[] {
  return sidesOf(index, size - 1);
}

/**
 * The sides from the largest complete subtree at the end of the first tree to the root of the second, lowest first. The hashes on the left
 * also lead to the first root (RFC 9162, 2.1.4.2). Sizes are at least 1, and `first` is at most `second`.
 */
export function consistencySides(first: number, second: number): ConsistencySides {
  return { startsInPath: !isPowerOfTwo(first), sides: sidesOf(...withoutCompleteLevels(first - 1, second - 1)) };
}

/** The sides from a node to the root; `last` is the last node of the same level. */
function sidesOf(node: number, last: number): Side[] {
  if (last === 0) return [];
  // The last node of a level with an even index has no sibling. It stands for its parent.
  if (node === last && node % 2 === 0) return sidesOf(half(node), half(last));
  return [node % 2 === 1 ? 'left' : 'right', ...sidesOf(half(node), half(last))];
}

/** Moves up to the largest complete subtree at the end of the first tree. */
function withoutCompleteLevels(node: number, last: number): [node: number, last: number] {
  return node % 2 === 1 ? withoutCompleteLevels(half(node), half(last)) : [node, last];
}

/** Divides instead of shifting: a shift would cut the number to 32 bits. */
function half(value: number): number {
  return Math.floor(value / 2);
}

function isPowerOfTwo(value: number): boolean {
  return value === 1 || (value % 2 === 0 && isPowerOfTwo(value / 2));
}
