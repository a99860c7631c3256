import { useSyncExternalStore } from 'react';

let isLost = false;
const listeners = new Set<() => void>();

/** Sets whether the server has stopped answering the feed of this page. */
export function setLost(value: boolean): void {
  if (value === isLost) return;
  isLost = value;
  for (const listener of listeners) listener();
}

/** True while the server does not answer the feed of this page. Without a feed, it is false. */
export function useLost(): boolean {
  return useSyncExternalStore(subscribe, () => isLost);
}

function subscribe(listener: () => void): () => void {
  listeners.add(listener);
  return () => listeners.delete(listener);
}
