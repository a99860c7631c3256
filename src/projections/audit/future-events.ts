import type { Logger } from 'pino';
import type { Clock } from '../../shared/clock.js';
import { RateLimit } from '../../shared/rate-limit.js';
import { type RecordedEvent, timeOf } from '../../store/event-store.js';

export interface FutureEventsOptions {
  clock: Clock;
  /** How much clocks may differ, in milliseconds. */
  tolerance: number;
  log: Pick<Logger, 'warn'>;
}

type Dated = Pick<RecordedEvent, 'stream' | 'version' | 'metadata'>;

/**
 * Warns about events dated in the future: the clock of the writing process was ahead, or this one's is behind. Nothing is refused, since
 * one wrong event must not lock a ledger.
 */
export class FutureEvents {
  readonly #options: FutureEventsOptions;
  /** At most one warning a minute: a process with a wrong clock continues to write. */
  readonly #warnings = new RateLimit(1);
  #latest = 0;

  constructor(options: FutureEventsOptions) {
    this.#options = options;
  }

  /** Takes note of events that are in the tables. */
  record(events: readonly Dated[]): void {
    const { clock, tolerance, log } = this.#options;
    for (const event of events) {
      const { stream, version, metadata } = event;
      const at = timeOf(event);
      if (at > this.#latest) this.#latest = at;
      const milliseconds = at - clock();
      if (milliseconds > tolerance && this.#warnings.take('') === 0) {
        log.warn(
          { stream, version, at: metadata.at, milliseconds },
          'an event is dated in the future: the clock of the process that wrote it was ahead, or this one is behind',
        );
      }
    }
  }

  /** By how many milliseconds the latest event is ahead of the clock; 0 if it is not. */
  ahead(): number {
    return Math.max(0, this.#latest - this.#options.clock());
  }
}
