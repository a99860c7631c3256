import { useRef } from 'react';

/** Wraps the action so that it does not start while it is running: a second click can come before the button is disabled. */
export function useSingleFlight(action: () => Promise<void>): () => Promise<void> {
  const isUnderWay = useRef(false);
  return async () => {
    if (isUnderWay.current) return;
    isUnderWay.current = true;
    try {
      await action();
    } finally {
      isUnderWay.current = false;
    }
  };
}
