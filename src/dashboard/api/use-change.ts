import { useState } from 'react';
import { useSingleFlight } from './use-single-flight.js';

export type ChangeProgress = { state: 'ready' | 'asking' } | { state: 'failed'; error: unknown };

/** The state of a change that is safe to repeat. `change` sends it, and tells of its result. */
export function useChange<Args extends unknown[]>(change: (...args: Args) => Promise<void>) {
  const [progress, setProgress] = useState<ChangeProgress>({ state: 'ready' });
  const submit = useSingleFlight(async (...args: Args) => {
    setProgress({ state: 'asking' });
    try {
      await change(...args);
      setProgress({ state: 'ready' });
    } catch (error) {
      setProgress({ state: 'failed', error });
    }
  });
  return { progress, submit };
}
