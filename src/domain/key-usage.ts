import type { Timestamp } from './keys.js';

/** Keys authenticated callers, as often as it says, in one process, within some seconds of one day. */
export interface KeysUsed {
  type: 'KeysUsed';
  data: { uses: KeyUse[] };
}

/** How often a key was used, and when last. */
export interface KeyUse {
  keyId: string;
  count: number;
  lastUsedAt: Timestamp;
}

/** Uses with the time at which they were recorded, and with who recorded them. */
export type PastUsage = KeysUsed & { at: Timestamp; actor: string };

/** Who records how keys are used. */
export const USAGE_ACTOR = 'system:usage';

/** In milliseconds. */
export const DAY = 24 * 60 * 60 * 1000;

/** The day in UTC that an instant (milliseconds since 1970) falls on: `2026-11-23`. */
export function dayOf(instant: number): string {
  return new Date(instant).toISOString().slice(0, 10);
}
