import { decodeBase64, toBase64 } from '../../domain/transparency/bytes.js';
import type { SignedTree } from './signed-tree.js';

/** A signed tree that this browser has seen before. A log that was rewritten since does not extend it. */
export interface KeptTree extends SignedTree {
  /** In milliseconds since 1970. */
  seenAt: number;
}

/** The name in the browser's local storage. Nothing in it is secret. */
const NAME = 'keyledger.checkpoint';

/** Undefined if this browser has kept no tree. */
export function keptTree(): KeptTree | undefined {
  const text = localStorage.getItem(NAME);
  if (text === null) return undefined;
  try {
    const { root: base64, ...kept } = JSON.parse(text) as Omit<KeptTree, 'root'> & { root: string };
    const root = decodeBase64(base64);
    return root && { ...kept, root };
  } catch {
    return undefined;
  }
}

export function keepTree({ publicKey, size, root }: SignedTree): void {
  const text = JSON.stringify({ publicKey, size, root: toBase64(root), seenAt: Date.now() });
  localStorage.setItem(NAME, text);
}

export function forgetTree(): void {
  localStorage.removeItem(NAME);
}
