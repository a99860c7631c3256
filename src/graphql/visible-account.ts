import type { Viewer } from '../auth/viewer.js';
import type { AccountKeys } from '../domain/keys.js';
import type { KeysProjection } from '../projections/keys.js';

/** An account and its keys as they are known. */
export interface AccountView {
  accountId: string;
  state: AccountKeys;
}

/** The account, where the viewer may see its keys. */
export function accountIfVisible(accountId: string, viewer: Viewer, keys: KeysProjection): AccountView | undefined {
  const isOwn = viewer.roles.has('owner') && viewer.account === accountId;
  if (!isOwn && !viewer.roles.has('auditor')) return undefined;
  return { accountId, state: keys.load(accountId) };
}
