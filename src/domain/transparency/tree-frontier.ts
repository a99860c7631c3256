import { appendLeaf, type NodeSource, type TreeNode, treeRoot } from './merkle-tree.js';

/** A Merkle tree (RFC 6962) that keeps only its right edge. It can grow and compute its root in O(log size) memory. */
export class TreeFrontier {
  /** The last complete node of each level. */
  readonly #last: TreeNode[] = [];
  #size = 0;

  /** The number of leaves. */
  get size(): number {
    return this.#size;
  }

  /** The tree's current root. */
  root(): Buffer {
    return treeRoot(this.#size, this.#nodes);
  }

  /** Appends the next leaf, given its hash (32 bytes). */
  append(leafHash: Buffer): void {
    for (const node of appendLeaf(this.#size, leafHash, this.#nodes)) this.#last[node.level] = node;
    this.#size += 1;
  }

  readonly #nodes: NodeSource = (level, index) => {
    const node = this.#last[level];
    if (node?.index !== index) throw new Error(`The frontier of the tree lacks node ${index} of level ${level}.`);
    return node.hash;
  };
}
