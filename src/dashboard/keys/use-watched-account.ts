import { useCallback, useEffect, useRef, useState } from 'react';
import type { AccountFieldsFragment, KeyFieldsFragment } from '../../client/gql/graphql.js';
import type { Toast } from '../ui/Toasts.js';
import { type LiveAccount, useAccount } from './use-account.js';

export interface WatchedAccount extends LiveAccount {
  /** What others did. */
  toasts: Toast[];
  closeToast: (id: string) => void;
}

/** The viewer's account as `useAccount` has it, and what others do to its keys while `isChanging` is false. */
export function useWatchedAccount(accountId: string, isChanging: boolean): WatchedAccount {
  const live = useAccount(accountId);
  const { show } = live;
  const { toasts, close, expect } = useOthers(live.value?.account, isChanging);
  const showOwn = useCallback(
    (account: AccountFieldsFragment) => {
      expect(account);
      show(account);
    },
    [expect, show],
  );
  return { ...live, show: showOwn, toasts, closeToast: close };
}

type Keys = ReadonlyMap<string, KeyFieldsFragment>;

/**
 * What others did to the keys of the account while the page showed them.
 * @param account as it is shown
 * @param isChanging true while the page may be changing it itself: what others do is told afterwards
 */
function useOthers(account: AccountFieldsFragment | undefined, isChanging: boolean) {
  const [toasts, setToasts] = useState<Toast[]>([]);
  const known = useRef<Keys>(undefined);

  useEffect(() => {
    if (!account || isChanging) return;
    const told = known.current ? differencesOf(known.current, account) : [];
    known.current = keysOf(account);
    if (told.length > 0) setToasts((toasts) => [...toasts, ...told.map((text) => ({ id: crypto.randomUUID(), text }))]);
  }, [account, isChanging]);

  /** Takes what this page did itself: others did not. */
  const expect = useCallback((account: AccountFieldsFragment) => {
    known.current = keysOf(account);
  }, []);
  const close = useCallback((id: string) => setToasts((toasts) => toasts.filter((toast) => toast.id !== id)), []);
  return { toasts, close, expect };
}

function keysOf({ keys }: AccountFieldsFragment): Keys {
  return new Map(keys.map((key) => [key.keyId, key]));
}

function differencesOf(known: Keys, { keys }: AccountFieldsFragment): string[] {
  const held = new Set(keys.map(({ keyId }) => keyId));
  const made = keys.filter(({ keyId }) => !known.has(keyId));
  const gone = [...known.values()].filter(({ keyId }) => !held.has(keyId));
  return [
    ...made.map(({ name, createdBy }) => `“${name}” was created by ${createdBy}.`),
    ...gone.map(({ name }) => `“${name}” was deleted.`),
  ];
}
