import { decodeBase64, toBase64 } from '../../domain/transparency/bytes.js';
import type { SignedTree } from './signed-tree.js';

/** A tree that this browser has seen before; a log that was rewritten since does not extend it. */
export interface KeptTree extends SignedTree {
  /** When, in milliseconds since 1970. */
  seenAt: number;
}

/** It holds nothing that is secret. */
const NAME = 'keyledger.checkpoint';

/** Undefined where this browser has kept none. */
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
