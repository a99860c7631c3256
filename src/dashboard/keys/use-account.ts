import { type RefObject, useCallback, useEffect, useRef } from 'react';
import { Refused, signedOut } from '../api/failures.js';
import { send } from '../api/send.js';
import { useChanges } from '../api/use-changes.js';
import { type Loaded, useLoaded } from '../api/use-loaded.js';
import { whenSeen } from '../api/when-seen.js';
import { type AccountFieldsFragment, KeysPageDocument } from '../gql/graphql.js';

/**
 * By how much later than a key's expiry its status is asked for, in milliseconds. Where this clock is ahead of the server's, it
 * is asked for again, after as much time as this clock has gone on since the expiry: less and less often.
 */
const SKEW = 500;

/** The longest time that a browser's timer takes, in milliseconds. */
const LONGEST = 2 ** 31 - 1;

export interface AccountWithUse {
  account: AccountFieldsFragment;
  /** When each key was last used, by its id; of others, it is not known, or they never were. */
  lastUsed: ReadonlyMap<string, string>;
}

export interface LiveAccount extends Loaded<AccountWithUse> {
  /** Shows an account as a mutation has answered it. */
  show: (account: AccountFieldsFragment) => void;
}

/** The viewer's account: loaded again whenever somebody changes it, and whenever somebody looks at the page again. */
export function useAccount(accountId: string): LiveAccount {
  const told = useRef(0);
  const load = useCallback((signal: AbortSignal) => loadAccount(accountId, told, signal), [accountId]);
  const loaded = useLoaded(load);
  const { value, reload, refresh, replace } = loaded;

  const note = useCallback((version: number) => noteVersion(told, version), []);
  const changes = useChanges(accountId, note);
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
      note(account.version);
      replace({ account, lastUsed: lastUsed ?? new Map() });
    },
    [note, replace, lastUsed],
  );
  return { ...loaded, show };
}

/** When the next of its keys expires, in milliseconds since 1970. */
function nextExpiry({ keys }: AccountFieldsFragment): number | undefined {
  const expiries = keys
    .filter(({ status }) => status === 'ACTIVE')
    .flatMap(({ expiresAt }) => (expiresAt ? Date.parse(expiresAt) : []));
  return expiries.length > 0 ? Math.min(...expiries) : undefined;
}

/** The newest version of the account that the page was told of: no process is to show it an older one. */
type Told = RefObject<number>;

function noteVersion(told: Told, version: number): void {
  told.current = Math.max(told.current, version);
}

/**
 * When keys were last used may still be missing just after the server's start; the keys themselves are not.
 * @throws SignedOut, also where somebody else has signed in meanwhile, in another tab
 */
async function loadAccount(accountId: string, told: Told, signal: AbortSignal): Promise<AccountWithUse> {
  const { account } = await askForAccount(told, signal);
  if (account.accountId !== accountId) throw signedOut();
  noteVersion(told, account.version);
  return {
    account,
    lastUsed: new Map(account.keys.flatMap(({ keyId, lastUsedAt }) => (lastUsedAt ? [[keyId, lastUsedAt]] : []))),
  };
}

async function askForAccount(told: Told, signal: AbortSignal) {
  const options = { signal, partial: true };
  try {
    return await send(KeysPageDocument, { minVersion: told.current }, options);
  } catch (error) {
    if (!(error instanceof Refused && error.argument === 'minVersion')) throw error;
    // The cookie is somebody else's by now, or the log is another.
    told.current = 0;
    return send(KeysPageDocument, {}, options);
  }
}
