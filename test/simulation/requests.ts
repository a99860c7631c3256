import type { Operation } from './plan.js';
import type { Readings } from './process-clock.js';

/** What is known of a request's effect. `nothing` is a promise: none of its events may ever be in the log. */
export type Effect = 'unknown' | 'nothing' | 'done';

/** A client's request that changes an account. */
export interface Request {
  correlationId: string;
  operation: Operation;
  /** The key that it is about; undefined if it is about the account. */
  keyId: string | undefined;
  effect: Effect;
  /** The times that the process read from its clock meanwhile. */
  readings: Readings;
}

/** Every request that was ever sent, by its correlation id. */
export class Requests {
  readonly #sent = new Map<string, Request>();

  send(operation: Operation, keyId: string | undefined, readings: Readings): Request {
    const correlationId = `request-${this.#sent.size + 1}`;
    const request: Request = { correlationId, operation, keyId, effect: 'unknown', readings };
    this.#sent.set(request.correlationId, request);
    return request;
  }

  find(correlationId: string): Request | undefined {
    return this.#sent.get(correlationId);
  }
}
