/** A quarter of an hour, in milliseconds: the clocks of all time zones of today differ by whole quarters. */
export const QUARTER = 15 * 60 * 1000;

/** The beginning, in milliseconds since 1970, of the quarter of an hour that the instant falls into. */
export function quarterOf(instant: number): number {
  return Math.floor(instant / QUARTER) * QUARTER;
}
