import type { AccountKeys, DeletionReason, Key, KeyDeleted, KeyExpirySet } from './model.js';

/** The actor of the events that a recovery writes. */
export const RECOVERY_ACTOR = 'system:recovery';

/** How a key is known to have ended, or when it will end. */
export interface Fate {
  /** Undefined if it was not deleted. */
  deleted?: { reason: DeletionReason; replacedBy?: string | undefined } | undefined;
  /** Milliseconds since 1970. */
  expiresAt?: number | undefined;
}

export type Ending = KeyDeleted | KeyExpirySet;

/** What the log lacks about the key's end: its deletion, or an earlier expiry. */
export function endingOf({ keyId, expiresAt }: Key, { deleted, ...fate }: Fate): Ending | undefined {
  if (deleted) return { type: 'KeyDeleted', data: { keyId, ...deleted } };
  if (fate.expiresAt === undefined || fate.expiresAt >= (expiresAt ?? Number.POSITIVE_INFINITY)) return undefined;
  return { type: 'KeyExpirySet', data: { keyId, expiresAt: new Date(fate.expiresAt).toISOString() } };
}

/** The endings that the account's keys do not have yet. */
export function endingsDue({ keys }: Pick<AccountKeys, 'keys'>, endings: readonly Ending[]): Ending[] {
  return endings.filter(({ type, data }) => {
    const key = keys.get(data.keyId);
    if (!key || type === 'KeyDeleted') return key !== undefined;
    return Date.parse(data.expiresAt) < (key.expiresAt ?? Number.POSITIVE_INFINITY);
  });
}
