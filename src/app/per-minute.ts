import { RateLimit } from '../shared/rate-limit.js';

/** A rate limit; undefined without a count, which switches it off. */
export function perMinute(count: number | undefined): RateLimit | undefined {
  return count === undefined ? undefined : new RateLimit(count);
}
