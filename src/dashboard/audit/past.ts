import { absoluteTime, DAY, HOUR, localTime, MINUTE, relativeTime, SECOND } from '../ui/time.js';

const STEPS = [1, 10, 100, SECOND, 10 * SECOND, MINUTE, 10 * MINUTE, HOUR, 6 * HOUR, DAY, 7 * DAY, 30 * DAY];

/** How many steps the slider has at most, so that the keyboard gets through them. */
const MOST_STEPS = 500;

/** The time of an account, from its first event to the present, in milliseconds since 1970. */
export interface Past {
  first: number;
  now: number;
}

/** The step of a slider over that time, in milliseconds. */
export function stepOf({ first, now }: Past): number {
  return STEPS.find((step) => (now - first) / step <= MOST_STEPS) ?? (now - first) / MOST_STEPS;
}

/** How often the step fits, with a last one that may be shorter. */
export function stepsIn({ first, now }: Past, step: number): number {
  return Math.ceil((now - first) / step);
}

/** An instant in words, for people who hear it: `3 days ago, Nov 24, 2026, 10:00:00 AM`. */
export function inWords(instant: number, now: number): string {
  return instant === now ? 'now' : `${relativeTime(instant, now)}, ${absoluteTime(instant)}`;
}

/** The instant as the value of a `datetime-local` field with whole seconds, in the browser's time zone: `2026-11-24T10:00:00`. */
export function toSeconds(instant: number): string {
  return localTime(instant).slice(0, 19);
}
