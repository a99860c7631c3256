/** The present, in milliseconds since 1970. */
export type Clock = () => number;

/** A clock that never runs backwards: where its source jumps back, it stands still until the source has caught up. */
export function steady(source: Clock): Clock {
  let latest = 0;
  return () => {
    latest = Math.max(latest, source());
    return latest;
  };
}
