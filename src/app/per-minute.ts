import { RateLimit } from '../shared/rate-limit.js';

/** A limit that somebody can switch off: without a number there is none. */
export function perMinute(count: number | undefined): RateLimit | undefined {
  return count === undefined ? undefined : new RateLimit(count);
}
