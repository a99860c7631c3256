import { useEffect, useState } from 'react';
import { useSession } from '../session/session.js';
import { followTogether } from './follow-together.js';

/** How long to collect events before a change is reported, in milliseconds. A feed of all accounts can deliver many. */
const REST = 250;

/**
 * A number that grows with every change to the keys of the account, or of any account if undefined, while the session lasts and the page
 * is visible.
 * @param onVersion called with the account's version after each change; must be the same function in every render
 */
export function useChanges(account: string | undefined, onVersion?: (version: number) => void): number {
  const [changes, setChanges] = useState(0);
  const { ended } = useSession();
  useEffect(() => {
    if (ended) return;
    let timer: ReturnType<typeof setTimeout> | undefined;
    const onEvent = (version: number | undefined) => {
      if (version !== undefined) onVersion?.(version);
      timer ??= setTimeout(() => {
        timer = undefined;
        setChanges((count) => count + 1);
      }, REST);
    };
    const leave = followTogether(account, onEvent);
    return () => {
      leave();
      clearTimeout(timer);
    };
  }, [account, ended, onVersion]);
  return changes;
}
