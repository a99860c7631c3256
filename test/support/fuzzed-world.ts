import type { Client } from './client.js';
import { complaintsIn } from './complaints.js';
import { untilSigned } from './readiness.js';
import type { HeldKey } from './verify.js';
import { openFilledWorld, type World } from './world.js';

/** A world to be fuzzed: its log is signed, and an account holds a key. */
export interface FuzzedWorld {
  world: World;
  owner: Client;
  held: HeldKey;
  /** What the log complains of since the world was opened, apart from refused tokens and sign-ins. */
  complaints(): string[];
}

/** Opens a world with these settings. Waits for its projections and its first checkpoint: without them, some answers rightly say so. */
export async function openFuzzedWorld(env: Record<string, string> = {}): Promise<FuzzedWorld> {
  const world = await openFilledWorld({ env: { LOG_LEVEL: 'warn', ...env } });
  const owner = await world.client({});
  const held = await owner.newKey({ name: 'held', scopes: ['orders:read'] });
  await untilSigned(owner);
  const before = world.log().length;
  return { world, owner, held, complaints: () => complaintsIn(world.log().slice(before), /"security":true/) };
}
