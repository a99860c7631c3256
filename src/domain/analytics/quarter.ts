/** A quarter of an hour, in milliseconds. The offsets of all present time zones are multiples of it. */
export const QUARTER = 15 * 60 * 1000;

/** The start of the quarter of an hour that contains the instant, in milliseconds since 1970. */
export function quarterOf(instant: number): number {
  return Math.floor(instant / QUARTER) * QUARTER;
}
