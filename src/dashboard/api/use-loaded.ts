// Ours, because `@tanstack/react-query` misses a change during the first load (TanStack/query#8530), and adds 9 kB to a first visit.

import { useCallback, useEffect, useRef, useState } from 'react';
import { useSession } from '../session/session.js';
import { SignedOut } from './failures.js';
import { whenBack } from './silence.js';

/** The loaded value, and the error of the last attempt. Both exist if a reload failed: the older value is still shown. */
export interface Loaded<T> {
  value: T | undefined;
  error: unknown;
  loading: boolean;
  /** Loads at once. Cancels a load in flight. */
  reload: () => Promise<void>;
  /** Loads again after the load in flight, if any. Use it for frequent changes: `reload` would cancel every answer. */
  refresh: () => void;
  /** Shows the value of an answer and loads again, since the answer may be older than the value before it. */
  replace: (value: T) => void;
}

/**
 * Loads at once, whenever `load` changes, when the browser is online again or the server answers again, and, if the session had ended,
 * after a new sign-in.
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
    const stop = whenBack(() => void reload());
    return () => {
      stop();
      drop();
    };
  }, [reload, drop]);

  return { ...state, reload, refresh, replace };
}

/** A load in flight. `isOutdated`: something has changed since it began. */
interface Load {
  controller: AbortController;
  isOutdated: boolean;
}

const INITIAL = { value: undefined, error: undefined, loading: true };
