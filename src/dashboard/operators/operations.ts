import {
  type AccountFieldsFragment,
  FreezeAccountDocument,
  RevokeAccountKeysDocument,
  RevokeKeyDocument,
  ThawAccountDocument,
} from '../../client/gql/graphql.js';
import { send } from '../api/send.js';
import { useChange } from '../api/use-change.js';

/** A change that an operator makes, with a note or without. Returns the account after it; undefined if there was nothing to change. */
export type Operation = (note: string | undefined) => Promise<AccountFieldsFragment | undefined>;

const PARTIAL = { partial: true };

export function freeze(accountId: string): Operation {
  return async (note) => {
    const { freezeAccount } = await send(FreezeAccountDocument, { input: { accountId, note } }, PARTIAL);
    return accountIn(freezeAccount);
  };
}

export function thaw(accountId: string): Operation {
  return async (note) => accountIn((await send(ThawAccountDocument, { input: { accountId, note } }, PARTIAL)).thawAccount);
}

/** A key that is gone already counts as deleted. */
export function revokeKey(keyId: string): Operation {
  return async (note) => {
    const { revokeKey } = await send(RevokeKeyDocument, { input: { keyId, note } }, PARTIAL);
    return revokeKey.__typename === 'RevokeKeysPayload' ? revokeKey.account : undefined;
  };
}

export function revokeAll(accountId: string): Operation {
  return async (note) => {
    const { revokeAccountKeys } = await send(RevokeAccountKeysDocument, { input: { accountId, note } }, PARTIAL);
    return accountIn(revokeAccountKeys);
  };
}

function accountIn(result: { account: AccountFieldsFragment } | { message: string }): AccountFieldsFragment {
  if ('account' in result) return result.account;
  throw new Error(result.message);
}

/** The state of a change. Repeating it is safe: it ends what is already ended. */
export function useOperation(operation: Operation, onDone: (account: AccountFieldsFragment | undefined) => void) {
  return useChange(async (note: string | undefined) => onDone(await operation(note)));
}
