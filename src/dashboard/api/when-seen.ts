/**
 * Has something done whenever somebody looks at the page again.
 * @returns what ends that
 */
export function whenSeen(action: () => void): () => void {
  const onChange = () => {
    if (document.visibilityState === 'visible') action();
  };
  document.addEventListener('visibilitychange', onChange);
  return () => document.removeEventListener('visibilitychange', onChange);
}
