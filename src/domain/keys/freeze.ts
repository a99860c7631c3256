import type { AccountKeys, FreezeAccount, KeyEvent, PastKeyEvent, RevokeKeys } from './model.js';
import { AccountIsFrozen, AccountNotFound } from './refusals.js';

/**
 * Decides the deletion of several keys. No event if the account has none of them.
 * @throws AccountNotFound if the account never held a key
 */
export function revoke(state: AccountKeys, { keyIds, note }: RevokeKeys): KeyEvent[] {
  requireAccount(state);
  const revoked = keyIds === undefined ? [...state.keys.keys()] : keyIds.filter((keyId) => state.keys.has(keyId));
  return revoked.map((keyId) => ({ type: 'KeyDeleted', data: { keyId, reason: 'REVOKED', note } }));
}

/**
 * Decides a freeze, or its end. No event if the account is so already.
 * @throws AccountNotFound if the account never held a key
 */
export function freeze(state: AccountKeys, { type, note }: FreezeAccount): KeyEvent[] {
  requireAccount(state);
  const isFrozen = state.frozenAt !== undefined;
  if (type === 'FreezeAccount') return isFrozen ? [] : [{ type: 'AccountFrozen', data: { note } }];
  return isFrozen ? [{ type: 'AccountThawed', data: { note } }] : [];
}

/** Since when the account is frozen after one more event, in milliseconds since 1970; undefined if it is not. */
export function evolveFrozen(frozenAt: number | undefined, { type, at }: PastKeyEvent): number | undefined {
  switch (type) {
    case 'AccountFrozen':
      return frozenAt ?? Date.parse(at);
    case 'AccountThawed':
      return undefined;
    default:
      return frozenAt;
  }
}

/** @throws AccountIsFrozen */
export function refuseFrozen({ frozenAt }: Pick<AccountKeys, 'frozenAt'>): void {
  if (frozenAt !== undefined) throw new AccountIsFrozen();
}

function requireAccount({ version }: AccountKeys): void {
  if (version === 0) throw new AccountNotFound();
}
