import { useEffect, useState } from 'react';

/** The time in milliseconds since 1970, renewed every so many milliseconds, so that what is shown of time goes on. */
export function useNow(interval = 15_000): number {
  const [now, setNow] = useState(Date.now);
  useEffect(() => {
    const timer = setInterval(() => setNow(Date.now()), interval);
    return () => clearInterval(timer);
  }, [interval]);
  return now;
}
