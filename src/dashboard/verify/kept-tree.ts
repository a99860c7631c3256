import type { SignedTree } from './checkpoint.js';
import { fromBase64 } from './hashes.js';

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
    const { origin, size, root, seenAt } = JSON.parse(text) as { origin: string; size: number; root: string; seenAt: number };
    return { origin, size, root: fromBase64(root), seenAt };
  } catch {
    return undefined;
  }
}

export function keepTree({ origin, size, root }: SignedTree): void {
  const text = JSON.stringify({ origin, size, root: btoa(String.fromCharCode(...root)), seenAt: Date.now() });
  localStorage.setItem(NAME, text);
}

export function forgetTree(): void {
  localStorage.removeItem(NAME);
}
