import { useNow } from '../api/use-now.js';
import { absoluteTime, relativeTime } from './time.js';

/** A relative time, with the exact time as a tool tip. */
export function Time({ at }: { at: string }) {
  const instant = Date.parse(at);
  return (
    <time dateTime={at} title={absoluteTime(instant)}>
      {relativeTime(instant, useNow())}
    </time>
  );
}
