import { appendLeaf, type NodeSource, type TreeNode, treeRoot } from './merkle-tree.js';

/** A Merkle tree (RFC 6962) that keeps only its right edge. It can grow and compute its root in O(log size) memory. */
export class TreeFrontier {
  /** The hash of the last complete node of each level: no other is ever needed. */
  readonly #last: Buffer[] = [];
  readonly #before: NodeSource;
  #size: number;

  /**
   * @param size the number of leaves that are there already
   * @param before the nodes of these leaves
   */
  constructor(size = 0, before: NodeSource = noNode) {
    this.#size = size;
    this.#before = before;
  }

  /** The number of leaves. */
  get size(): number {
    return this.#size;
  }

  /** The tree's current root. */
  root(): Buffer {
    return treeRoot(this.#size, this.#nodes);
  }

  /** Appends the next leaf, given its hash (32 bytes). Returns the nodes that it completes, lowest first. */
  append(leafHash: Buffer): TreeNode[] {
    const complete = appendLeaf(this.#size, leafHash, this.#nodes);
    for (const { level, hash } of complete) this.#last[level] = hash;
    this.#size += 1;
    return complete;
  }

  readonly #nodes: NodeSource = (level, index) => this.#last[level] ?? this.#before(level, index);
}

function noNode(level: number, index: number): never {
  throw new Error(`The frontier of the tree lacks node ${index} of level ${level}.`);
}
