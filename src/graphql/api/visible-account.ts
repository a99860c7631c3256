import type { Viewer } from '../../auth/viewer.js';
import type { AccountKeys } from '../../domain/keys/model.js';
import type { KeysProjection } from '../../projections/keys/keys.js';
import { Forbidden } from './errors.js';

/** An account and its keys, by the keys projection. */
export interface AccountView {
  accountId: string;
  state: AccountKeys;
}

/** Whether the viewer may see the account's keys. */
export function mayReadKeys(accountId: string, viewer: Viewer): boolean {
  return mayReadHistory(accountId, viewer) || viewer.roles.has('operator');
}

/** Whether the viewer may see the account's history: its events, its deleted keys, and its keys as of an instant. */
export function mayReadHistory(accountId: string, viewer: Viewer): boolean {
  const isOwn = viewer.roles.has('owner') && viewer.account === accountId;
  return isOwn || viewer.roles.has('auditor');
}

/**
 * Checks that the viewer may see the account's history.
 * @throws Forbidden
 */
export function requireHistory(accountId: string | undefined, viewer: Viewer): void {
  if (accountId !== undefined && mayReadHistory(accountId, viewer)) return;
  throw new Forbidden('Operators see keys, and no history. Use the token of an auditor.');
}

/** The account; undefined if the viewer may not see it. */
export function accountIfVisible(accountId: string, viewer: Viewer, keys: KeysProjection): AccountView | undefined {
  return mayReadKeys(accountId, viewer) ? { accountId, state: keys.load(accountId) } : undefined;
}
