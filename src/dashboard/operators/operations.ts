import { useState } from 'react';
import {
  type AccountFieldsFragment,
  FreezeAccountDocument,
  RevokeAccountKeysDocument,
  RevokeKeyDocument,
  ThawAccountDocument,
} from '../../client/gql/graphql.js';
import { send } from '../api/send.js';
import { useSingleFlight } from '../api/use-single-flight.js';

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

export type OperationProgress = { state: 'ready' | 'asking' } | { state: 'failed'; error: unknown };

/** The state of a change. Repeating it is safe: it ends what is already ended. */
export function useOperation(operation: Operation, onDone: (account: AccountFieldsFragment | undefined) => void) {
  const [progress, setProgress] = useState<OperationProgress>({ state: 'ready' });
  const submit = useSingleFlight(async (note: string | undefined) => {
    setProgress({ state: 'asking' });
    try {
      onDone(await operation(note));
    } catch (error) {
      setProgress({ state: 'failed', error });
    }
  });
  return { progress, submit };
}
