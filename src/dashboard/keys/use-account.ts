import { type RefObject, useCallback, useEffect, useRef } from 'react';
import { type AccountFieldsFragment, KeysPageDocument } from '../../client/gql/graphql.js';
import { Refused, signedOut } from '../api/failures.js';
import { send } from '../api/send.js';
import { useChanges } from '../api/use-changes.js';
import { type Loaded, useLoaded } from '../api/use-loaded.js';
import { whenSeen } from '../api/when-seen.js';

/**
 * How long after a key's expiry its status is loaded, in milliseconds. If this clock is ahead of the server's, the key is still active;
 * it is then loaded again after as much time as has passed since the expiry, so the attempts become rarer.
 */
const SKEW = 500;

/** The maximum delay of a browser's timer, in milliseconds. */
const LONGEST = 2 ** 31 - 1;

export interface AccountWithUse {
  account: AccountFieldsFragment;
  /** When each key was last used, by key id. A missing key was never used, or its last use is unknown. */
  lastUsed: ReadonlyMap<string, string>;
}

export interface LiveAccount extends Loaded<AccountWithUse> {
  /** Grows when the history holds another change. That may be later than the answer to the mutation. */
  changes: number;
  /** Shows the account that a mutation has returned. */
  show: (account: AccountFieldsFragment) => void;
}

/** The viewer's account. It is loaded again after every change, and whenever the page becomes visible again. */
export function useAccount(accountId: string): LiveAccount {
  const newest = useRef(0);
  const load = useCallback((signal: AbortSignal) => loadAccount(accountId, newest, signal), [accountId]);
  const loaded = useLoaded(load);
  const { value, reload, refresh, replace } = loaded;

  const record = useCallback((version: number) => recordVersion(newest, version), []);
  const changes = useChanges(accountId, record);
  useEffect(() => {
    if (changes > 0) refresh();
  }, [changes, refresh]);

  useEffect(() => whenSeen(reload), [reload]);

  useEffect(() => {
    const expiry = value && nextExpiry(value.account);
    if (expiry === undefined) return;
    const timer = setTimeout(reload, Math.min(Math.abs(expiry - Date.now()) + SKEW, LONGEST));
    return () => clearTimeout(timer);
  }, [value, reload]);

  const lastUsed = value?.lastUsed;
  const show = useCallback(
    (account: AccountFieldsFragment) => {
      record(account.version);
      replace({ account, lastUsed: lastUsed ?? new Map() });
    },
    [record, replace, lastUsed],
  );
  return { ...loaded, changes, show };
}

/** When the next key of the account expires, in milliseconds since 1970. */
function nextExpiry({ keys }: AccountFieldsFragment): number | undefined {
  const expiries = keys
    .filter(({ status }) => status === 'ACTIVE')
    .flatMap(({ expiresAt }) => (expiresAt ? Date.parse(expiresAt) : []));
  return expiries.length > 0 ? Math.min(...expiries) : undefined;
}

/** The newest version of the account that the page knows. No later answer may be older, whichever process sends it. */
type NewestVersion = RefObject<number>;

function recordVersion(newest: NewestVersion, version: number): void {
  newest.current = Math.max(newest.current, version);
}

/**
 * Loads the account. Last uses may be missing just after the server's start.
 * @throws SignedOut, also if another user has signed in meanwhile in another tab
 */
async function loadAccount(accountId: string, newest: NewestVersion, signal: AbortSignal): Promise<AccountWithUse> {
  const { account } = await askForAccount(newest, signal);
  if (account.accountId !== accountId) throw signedOut();
  recordVersion(newest, account.version);
  return {
    account,
    lastUsed: new Map(account.keys.flatMap(({ keyId, lastUsedAt }) => (lastUsedAt ? [[keyId, lastUsedAt]] : []))),
  };
}

async function askForAccount(newest: NewestVersion, signal: AbortSignal) {
  const options = { signal, partial: true };
  try {
    return await send(KeysPageDocument, { minVersion: newest.current }, options);
  } catch (error) {
    if (!(error instanceof Refused && error.argument === 'minVersion')) throw error;
    // The cookie is another user's now, or the log is another one.
    newest.current = 0;
    return send(KeysPageDocument, {}, options);
  }
}
