import type { AccountFrozen, AccountKeys, Key, KeyDeleted, KeyDisabled, KeyExpirySet } from './model.js';

/** The actor of the events that a recovery writes. */
export const RECOVERY_ACTOR = 'system:recovery';

/** How a key is known to have ended, or when it will end. */
export interface Fate {
  /** Undefined if it was not deleted. */
  deleted?: Omit<KeyDeleted['data'], 'keyId'> | undefined;
  /** Milliseconds since 1970. */
  expiresAt?: number | undefined;
  disabled?: boolean;
}

type KeyEnding = KeyDeleted | KeyDisabled | KeyExpirySet;

/** What ends a key, or keeps its account from new ones. */
export type Ending = KeyEnding | AccountFrozen;

/** What the log lacks about the key's end: its deletion, or that it was disabled, and an earlier expiry. */
export function endingsOf(key: Key, { deleted, disabled, expiresAt }: Fate): Ending[] {
  const { keyId } = key;
  if (deleted) return [{ type: 'KeyDeleted', data: { keyId, ...deleted } }];
  const endings: KeyEnding[] = disabled ? [{ type: 'KeyDisabled', data: { keyId } }] : [];
  if (expiresAt !== undefined)
    endings.push({ type: 'KeyExpirySet', data: { keyId, expiresAt: new Date(expiresAt).toISOString() } });
  return endingsDue({ keys: new Map([[keyId, key]]) }, endings);
}

/** The endings that the account and its keys do not have yet. */
export function endingsDue({ keys, frozenAt }: Pick<AccountKeys, 'keys' | 'frozenAt'>, endings: readonly Ending[]): Ending[] {
  return endings.filter((ending) => {
    if (ending.type === 'AccountFrozen') return frozenAt === undefined;
    const key = keys.get(ending.data.keyId);
    return key !== undefined && isDue(key, ending);
  });
}

function isDue(key: Key, ending: KeyEnding): boolean {
  switch (ending.type) {
    case 'KeyDeleted':
      return true;
    case 'KeyDisabled':
      return key.disabledAt === undefined;
    case 'KeyExpirySet':
      return Date.parse(ending.data.expiresAt) < (key.expiresAt ?? Number.POSITIVE_INFINITY);
  }
}
