import type { Logger } from 'pino';
import { type ErrorCode, errorCodeOf } from '../../shared/error-codes.js';
import { LogMismatch, LogSealed, StoreUnavailable } from '../../store/event-store.js';
import { Outage } from './outage.js';
import { PositionLost } from './shared-position.js';

/**
 * Why a projection does not go on. Logs each new reason once, and when the projection continues. That the store does not answer is logged
 * for all projections together.
 */
export class Obstacle {
  readonly #projection: string;
  readonly #log: Pick<Logger, 'info' | 'warn' | 'error'>;
  readonly #outage: Outage;
  #error: Error | undefined;
  /** True if the log says that the projection does not go on. */
  #isLogged = false;

  constructor(projection: string, log: Pick<Logger, 'info' | 'warn' | 'error'>, outage = new Outage(log)) {
    this.#projection = projection;
    this.#log = log;
    this.#outage = outage;
  }

  /** Undefined while the projection goes on. */
  get code(): ErrorCode | undefined {
    return this.#error && (errorCodeOf(this.#error) ?? 'INTERNAL_SERVER_ERROR');
  }

  meet(error: Error): void {
    if (error instanceof PositionLost) {
      this.#log.warn({ projection: this.#projection }, error.message);
      return;
    }
    if (error instanceof StoreUnavailable) this.#outage.meet(this.#projection, error);
    else {
      this.#outage.end(this.#projection);
      // Another log and a sealed one are reported once for all projections, by the parts that find it.
      const isReported = error instanceof LogMismatch || error instanceof LogSealed;
      if (this.#error?.message !== error.message && !isReported) this.#report(error);
    }
    this.#error = error;
  }

  end(): void {
    this.#outage.end(this.#projection);
    if (this.#isLogged) this.#log.info({ projection: this.#projection }, 'the projection continues');
    this.#isLogged = false;
    this.#error = undefined;
  }

  #report(error: Error): void {
    this.#isLogged = true;
    this.#log.error({ projection: this.#projection, err: error }, 'the projection is stuck; the next attempt follows');
  }
}
