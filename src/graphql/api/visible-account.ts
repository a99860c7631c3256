import type { Viewer } from '../../auth/viewer.js';
import type { AccountKeys } from '../../domain/keys/model.js';
import type { KeysProjection } from '../../projections/keys/keys.js';

/** An account and its keys, by the keys projection. */
export interface AccountView {
  accountId: string;
  state: AccountKeys;
}

/** Whether the viewer may see the account's keys and history. */
export function mayRead(accountId: string, viewer: Viewer): boolean {
  const isOwn = viewer.roles.has('owner') && viewer.account === accountId;
  return isOwn || viewer.roles.has('auditor');
}

/** The account; undefined if the viewer may not see it. */
export function accountIfVisible(accountId: string, viewer: Viewer, keys: KeysProjection): AccountView | undefined {
  return mayRead(accountId, viewer) ? { accountId, state: keys.load(accountId) } : undefined;
}
