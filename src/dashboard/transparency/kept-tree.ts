import { decodeBase64, toBase64 } from '../../domain/transparency/bytes.js';
import type { SignedTree } from './signed-tree.js';

/** A signed tree that this browser has seen before. A log that was rewritten since does not extend it. */
export interface KeptTree extends SignedTree {
  /** In milliseconds since 1970. */
  seenAt: number;
}

/** The name in the browser's local storage. Nothing in it is secret. */
const NAME = 'keyledger.checkpoint';

/** Undefined if this browser has kept no tree, or what it kept is none. */
export function keptTree(): KeptTree | undefined {
  const text = localStorage.getItem(NAME);
  if (text === null) return undefined;
  try {
    const { publicKey, size, root, seenAt }: Record<string, unknown> = JSON.parse(text);
    if (typeof publicKey !== 'string' || typeof size !== 'number' || typeof root !== 'string' || typeof seenAt !== 'number')
      return undefined;
    const bytes = decodeBase64(root);
    return bytes && { publicKey, size, root: bytes, seenAt };
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
