import { LAST_INSTANT } from './instants.js';

/** The present, in milliseconds since 1970. */
export type Clock = () => number;

/** The instant that is nearest to that one among those that the log can keep: an event's id begins with a time since 1970. */
export function keepable(instant: number): number {
  return Math.min(Math.max(0, instant), LAST_INSTANT);
}

/**
 * A clock that goes where its source goes, back too, as far as the log can keep what it shows.
 * @param onStepBack told each time that it went back, and by how many milliseconds
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
