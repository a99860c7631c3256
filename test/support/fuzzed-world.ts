import type { Client } from './client.js';
import { untilSigned } from './readiness.js';
import type { HeldKey } from './verify.js';
import { openFilledWorld, type World } from './world.js';

/** A world to be fuzzed: its log is signed, and an account holds a key. */
export interface FuzzedWorld {
  world: World;
  owner: Client;
  held: HeldKey;
  /** What it has logged since it was asked last, or since it was opened. */
  newLines(): string;
}

/** Opens a world with these settings. Waits for its projections and its first checkpoint: without them, some answers rightly say so. */
export async function openFuzzedWorld(env: Record<string, string> = {}): Promise<FuzzedWorld> {
  const world = await openFilledWorld({ env: { LOG_LEVEL: 'warn', ...env } });
  const owner = await world.client({});
  const held = await owner.newKey({ name: 'held', scopes: ['orders:read'] });
  await untilSigned(owner);
  const newLines = newLinesOf(world);
  return { world, owner, held, newLines };
}

/** What the world will have logged since it was asked last. */
export function newLinesOf(world: World): () => string {
  let seen = world.log().length;
  return () => {
    const lines = world.log().slice(seen);
    seen += lines.length;
    return lines;
  };
}
