import { useSyncExternalStore } from 'react';

/** How long the server may be away, as while it restarts, before the page says so, in milliseconds. */
export const PATIENCE = 3_000;

/** Whether the last request was answered; and if not, for how long none was. */
type Silence = 'none' | 'short' | 'long';

let silence: Silence = 'none';
let since = 0;
const listeners = new Set<() => void>();
const comeback = new EventTarget();

/** Records that the server has answered. */
export function recordAnswer(): void {
  const wasLong = silence === 'long';
  change('none');
  if (wasLong) comeback.dispatchEvent(new Event('back'));
}

/** Records that a request was not answered. */
export function recordSilence(): void {
  if (silence === 'none') since = performance.now();
  change(performance.now() - since < PATIENCE ? 'short' : 'long');
}

export function useSilence(): Silence {
  return useSyncExternalStore(subscribe, () => silence);
}

/**
 * Calls the action whenever the server answers again after a long silence, and whenever the browser is online again.
 * @returns a function that stops this
 */
export function whenBack(action: () => void): () => void {
  addEventListener('online', action);
  comeback.addEventListener('back', action);
  return () => {
    removeEventListener('online', action);
    comeback.removeEventListener('back', action);
  };
}

function change(next: Silence): void {
  if (next === silence) return;
  silence = next;
  for (const listener of listeners) listener();
}

function subscribe(listener: () => void): () => void {
  listeners.add(listener);
  return () => listeners.delete(listener);
}
