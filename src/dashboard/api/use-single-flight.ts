import { useRef } from 'react';

/** The action, which is not begun again while it is under way: a second click can come before its button is disabled. */
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
