import { useCallback, useEffect, useRef, useState } from 'react';

/** What was loaded, and what went wrong when it was last tried; both are there where something older is still shown. */
export interface Loaded<T> {
  value: T | undefined;
  error: unknown;
  loading: boolean;
  reload: () => Promise<void>;
  /** Puts what an answer has brought in place of what was loaded; whatever is still being loaded is older, and dropped. */
  replace: (value: T) => void;
}

/** Loads at once, whenever `load` is another function, and when the browser is online again. */
export function useLoaded<T>(load: (signal: AbortSignal) => Promise<T>): Loaded<T> {
  const [state, setState] = useState<Pick<Loaded<T>, 'value' | 'error' | 'loading'>>(INITIAL);
  const current = useRef<AbortController>(undefined);

  const reload = useCallback(async () => {
    current.current?.abort();
    const controller = new AbortController();
    current.current = controller;
    setState((state) => ({ ...state, loading: true }));
    try {
      const value = await load(controller.signal);
      if (!controller.signal.aborted) setState({ value, error: undefined, loading: false });
    } catch (error) {
      if (!controller.signal.aborted) setState((state) => ({ ...state, error, loading: false }));
    }
  }, [load]);

  const replace = useCallback((value: T) => {
    current.current?.abort();
    setState({ value, error: undefined, loading: false });
  }, []);

  useEffect(() => {
    void reload();
    const again = () => void reload();
    addEventListener('online', again);
    return () => {
      removeEventListener('online', again);
      current.current?.abort();
    };
  }, [reload]);

  return { ...state, reload, replace };
}

const INITIAL = { value: undefined, error: undefined, loading: true };
