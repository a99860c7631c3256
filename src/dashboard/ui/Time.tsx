import { useNow } from '../api/use-now.js';
import { absoluteTime, relativeTime } from './time.js';

/** When something was or will be, as people say it; the exact instant is in the tool tip. */
export function Time({ at }: { at: string }) {
  const instant = Date.parse(at);
  return (
    <time dateTime={at} title={absoluteTime(instant)}>
      {relativeTime(instant, useNow())}
    </time>
  );
}
