import type { Logger } from 'pino';
import { operatorMessageOf } from '../../shared/operator-message.js';
import type { StoreUnavailable } from '../../store/event-store.js';

/** Logs once for all projections that the store does not answer, and when it answers again. */
export class Outage {
  readonly #log: Pick<Logger, 'info' | 'error'>;
  /** The projections that wait for the store. */
  readonly #waiting = new Set<string>();
  readonly #reported = new Set<string>();

  constructor(log: Pick<Logger, 'info' | 'error'>) {
    this.#log = log;
  }

  meet(projection: string, error: StoreUnavailable): void {
    this.#waiting.add(projection);
    const message = operatorMessageOf(error);
    if (this.#reported.has(message)) return;
    this.#reported.add(message);
    this.#log.error({ code: error.code }, message);
  }

  /** The store has answered the projection. */
  end(projection: string): void {
    if (!this.#waiting.delete(projection) || this.#waiting.size > 0) return;
    this.#reported.clear();
    this.#log.info('the event store answers again');
  }
}
