import type { Logger } from 'pino';
import { type ErrorCode, errorCodeOf } from '../../shared/error-codes.js';
import { LogMismatch, LogSealed } from '../../store/event-store.js';
import { PositionLost } from './shared-position.js';

/** Why a projection does not go on. Logs each new reason once, and when the projection continues. */
export class Obstacle {
  readonly #projection: string;
  readonly #log: Pick<Logger, 'info' | 'warn' | 'error'>;
  #error: Error | undefined;

  constructor(projection: string, log: Pick<Logger, 'info' | 'warn' | 'error'>) {
    this.#projection = projection;
    this.#log = log;
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
    // Another log and a sealed one are reported once for all projections, by the parts that find it.
    const isReported = error instanceof LogMismatch || error instanceof LogSealed;
    if (this.#error?.message !== error.message && !isReported)
      this.#log.error({ projection: this.#projection, err: error }, 'the projection is stuck; the next attempt follows');
    this.#error = error;
  }

  end(): void {
    if (this.#error !== undefined && !(this.#error instanceof LogSealed))
      this.#log.info({ projection: this.#projection }, 'the projection continues');
    this.#error = undefined;
  }
}
