/**
 * Calls the action whenever the page becomes visible again.
 * @returns a function that stops this
 */
export function whenSeen(action: () => void): () => void {
  const onChange = () => {
    if (document.visibilityState === 'visible') action();
  };
  document.addEventListener('visibilitychange', onChange);
  return () => document.removeEventListener('visibilitychange', onChange);
}
