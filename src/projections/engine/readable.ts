/** A projection, as seen by its readers. */
export interface Readable<P> {
  /**
   * The projection, once it has held all that the log held when the process started. Before that, its answers could be wrong.
   * @throws NotCaughtUp before that
   */
  filled(): P;

  /**
   * The same, once the condition also holds.
   * @throws NotCaughtUp if it does not hold before the signal aborts
   */
  once(holds: (projection: P) => boolean, signal: AbortSignal): Promise<P>;
}
