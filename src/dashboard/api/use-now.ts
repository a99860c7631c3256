import { useEffect, useState } from 'react';

/** The present time in milliseconds since 1970. Renders again every `interval` milliseconds. */
export function useNow(interval = 15_000): number {
  const [now, setNow] = useState(Date.now);
  useEffect(() => {
    const timer = setInterval(() => setNow(Date.now()), interval);
    return () => clearInterval(timer);
  }, [interval]);
  return now;
}
