/** A projection as those read it who ask it something. */
export interface Readable<P> {
  /**
   * The projection, once it has held all that the log held when the process started: before that, it would call false what is true.
   * @throws NotCaughtUp before that
   */
  filled(): P;

  /**
   * The same, once this holds of it as well.
   * @throws NotCaughtUp where that is not so by the time the signal aborts
   */
  once(holds: (projection: P) => boolean, signal: AbortSignal): Promise<P>;
}
