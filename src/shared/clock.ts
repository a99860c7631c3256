import { LAST_INSTANT } from './instants.js';

/** Returns the current time, in milliseconds since 1970. */
export type Clock = () => number;

/** Clamps an instant to what the log can store. An event's id begins with the time since 1970 (UUIDv7), so its range is limited. */
export function keepable(instant: number): number {
  return Math.min(Math.max(0, instant), LAST_INSTANT);
}

/**
 * Wraps a clock and reports when it steps back. Its values are clamped to what the log can store.
 * @param onStepBack called each time the clock went back, with the difference in milliseconds
 */
export function watched(source: Clock, onStepBack: (milliseconds: number) => void): Clock {
  let last = 0;
  return () => {
    const now = keepable(source());
    if (now < last) onStepBack(last - now);
    last = now;
    return now;
  };
}
