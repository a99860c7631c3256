import type { Bytes } from '../../domain/transparency/bytes.js';
import { sha256, webHashNode } from '../../domain/transparency/web-hashes.js';

/** A Merkle tree (RFC 6962) that keeps only its right edge, with the hashes of the Web Cryptography API. */
export class WebFrontier {
  /** Complete subtrees, the largest first. The number of leaves in binary says which there are. */
  readonly #complete: Bytes[] = [];
  #size = 0;

  get size(): number {
    return this.#size;
  }

  /** Appends the next leaf, given its hash. Await it before you append another. */
  async append(leafHash: Bytes): Promise<void> {
    let hash = leafHash;
    for (let leaves = this.#size; leaves % 2 === 1; leaves = Math.floor(leaves / 2)) {
      const left = this.#complete.pop();
      if (left) hash = await webHashNode(left, hash);
    }
    this.#complete.push(hash);
    this.#size += 1;
  }

  async root(): Promise<Bytes> {
    const [last, ...larger] = this.#complete.toReversed();
    let root = last ?? (await sha256(new Uint8Array()));
    for (const left of larger) root = await webHashNode(left, root);
    return root;
  }
}
