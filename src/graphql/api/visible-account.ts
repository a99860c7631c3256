import type { Viewer } from '../../auth/viewer.js';
import type { AccountKeys } from '../../domain/keys/model.js';
import type { KeysProjection } from '../../projections/keys/keys.js';

/** An account and its keys as they are known. */
export interface AccountView {
  accountId: string;
  state: AccountKeys;
}

/** Whether the viewer may see the account's keys and history. */
export function mayRead(accountId: string, viewer: Viewer): boolean {
  const isOwn = viewer.roles.has('owner') && viewer.account === accountId;
  return isOwn || viewer.roles.has('auditor');
}

/** The account, where the viewer may see it. */
export function accountIfVisible(accountId: string, viewer: Viewer, keys: KeysProjection): AccountView | undefined {
  return mayRead(accountId, viewer) ? { accountId, state: keys.load(accountId) } : undefined;
}
