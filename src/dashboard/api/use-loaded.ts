import { useCallback, useEffect, useRef, useState } from 'react';
import { useSession } from '../session/session.js';
import { SignedOut } from './failures.js';

/** What was loaded, and what went wrong when it was last tried; both are there where something older is still shown. */
export interface Loaded<T> {
  value: T | undefined;
  error: unknown;
  loading: boolean;
  /** Loads at once; whatever is still being loaded is dropped. */
  reload: () => Promise<void>;
  /** As `reload`, but lets what is being loaded come first: of changes that come faster than answers, none would be seen. */
  refresh: () => void;
  /** Shows what an answer has brought, and loads again: it may have been on its way for longer than what was shown before it. */
  replace: (value: T) => void;
}

/**
 * Loads at once, whenever `load` is another function, and when the browser is online again; and what was not loaded because the
 * session had ended, when it goes on.
 */
export function useLoaded<T>(load: (signal: AbortSignal) => Promise<T>): Loaded<T> {
  const [state, setState] = useState<Pick<Loaded<T>, 'value' | 'error' | 'loading'>>(INITIAL);
  const current = useRef<Load>(undefined);

  const drop = useCallback(() => {
    current.current?.controller.abort();
    current.current = undefined;
  }, []);

  const reload = useCallback(async () => {
    drop();
    const own: Load = { controller: new AbortController(), isOutdated: false };
    const { signal } = own.controller;
    current.current = own;
    do {
      own.isOutdated = false;
      setState((state) => ({ ...state, loading: true }));
      try {
        const value = await load(signal);
        if (!signal.aborted) setState({ value, error: undefined, loading: false });
      } catch (error) {
        if (!signal.aborted) setState((state) => ({ ...state, error, loading: false }));
      }
    } while (own.isOutdated && !signal.aborted);
    if (!signal.aborted) drop();
  }, [load, drop]);

  const refresh = useCallback(() => {
    if (current.current) current.current.isOutdated = true;
    else void reload();
  }, [reload]);

  const replace = useCallback(
    (value: T) => {
      setState({ value, error: undefined, loading: true });
      void reload();
    },
    [reload],
  );

  const { ended } = useSession();
  const { error } = state;
  useEffect(() => {
    if (!ended && error instanceof SignedOut) void reload();
  }, [ended, error, reload]);

  useEffect(() => {
    void reload();
    const again = () => void reload();
    addEventListener('online', again);
    return () => {
      removeEventListener('online', again);
      drop();
    };
  }, [reload, drop]);

  return { ...state, reload, refresh, replace };
}

/** What is being loaded, and whether something has changed since that began. */
interface Load {
  controller: AbortController;
  isOutdated: boolean;
}

const INITIAL = { value: undefined, error: undefined, loading: true };
