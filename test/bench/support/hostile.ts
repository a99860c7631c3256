import type { Attack } from './attack.js';
import { feeds, idle, slowBodies, slowLoris, unreadFeeds } from './hostile-crowds.js';
import { headerFloods, largeBodies, neverReads, pipelining } from './hostile-floods.js';

/** Every kind of hostile client. */
export const HOSTILE: Record<string, Attack> = {
  slowLoris,
  slowBodies,
  idle,
  feeds,
  unreadFeeds,
  neverReads,
  largeBodies,
  pipelining,
  headerFloods,
};
