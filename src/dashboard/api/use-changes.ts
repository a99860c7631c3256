import { useEffect, useState } from 'react';
import { useSession } from '../session/session.js';
import { followEvents } from './follow-events.js';

/** How long events are taken together that come one after another, in milliseconds: whoever follows everybody's may get many. */
const REST = 250;

/**
 * A number that grows whenever something has happened to the keys of an account, or of any where none is named, by whomever it
 * was done, while the session lasts.
 * @param onVersion told of the version that each has made of its account; always the same function
 */
export function useChanges(account: string | undefined, onVersion?: (version: number) => void): number {
  const [changes, setChanges] = useState(0);
  const { ended } = useSession();
  useEffect(() => {
    if (ended) return;
    const left = new AbortController();
    let timer: ReturnType<typeof setTimeout> | undefined;
    const note = (version: number | undefined) => {
      if (version !== undefined) onVersion?.(version);
      timer ??= setTimeout(() => {
        timer = undefined;
        setChanges((count) => count + 1);
      }, REST);
    };
    void followEvents({ account }, note, left.signal);
    return () => {
      left.abort();
      clearTimeout(timer);
    };
  }, [account, ended, onVersion]);
  return changes;
}
