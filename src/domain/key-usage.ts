import type { Timestamp } from './keys.js';

/** Keys authenticated callers, as often as it says, in one process, each within one quarter of an hour. */
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

/** Accounts were refused a further key by the limit, as often as it says, in one process, each within one quarter of an hour. */
export interface CreatesRefused {
  type: 'CreatesRefused';
  data: { refusals: CreateRefusals[] };
}

/** How often an account was refused, and when last. */
export interface CreateRefusals {
  account: string;
  count: number;
  lastRefusedAt: Timestamp;
}

export type UsageEvent = KeysUsed | CreatesRefused;

/** What was counted, with the time at which it was recorded, and with who recorded it. */
export type PastUsage = UsageEvent & { at: Timestamp; actor: string };

/** Who records how keys are used, and what is refused. */
export const USAGE_ACTOR = 'system:usage';

/** In milliseconds. */
export const DAY = 24 * 60 * 60 * 1000;

/** The day in UTC that an instant (milliseconds since 1970) falls on: `2026-11-23`. */
export function dayOf(instant: number): string {
  const number = Math.floor(instant / DAY);
  if (number !== latest.number) latest = { number, day: new Date(instant).toISOString().slice(0, 10) };
  return latest.day;
}

/** The day that was asked for last: as a rule it is asked for again, and to write a date takes a microsecond. */
let latest = { number: Number.NaN, day: '' };
