/** The present, in milliseconds since 1970. */
export type Clock = () => number;

/** What the log can keep: RFC 3339 has four digits for a year, and an event's id begins with a time since 1970. */
const LAST_INSTANT = Date.parse('9999-12-31T23:59:59.999Z');

/** The instant that is nearest to that one among those that the log can keep. */
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
