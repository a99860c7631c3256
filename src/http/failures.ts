import type { FastifyReply, FastifyRequest } from 'fastify';
import type { RateLimit } from '../domain/rate-limit.js';
import { clientNetwork } from './client-network.js';
import { sendTooMany } from './problem.js';

/** Counts refused credentials by client, and refuses clients that sent too many, before anybody looks at what else they send. */
export class Failures {
  readonly #limit: RateLimit | undefined;

  /** @param limit undefined: nothing is counted */
  constructor(limit: RateLimit | undefined) {
    this.#limit = limit;
  }

  count({ ip }: FastifyRequest): void {
    this.#limit?.count(clientNetwork(ip));
  }

  /** Answers with 429 a client that is over the limit. @returns undefined for any other */
  refuse(request: FastifyRequest, reply: FastifyReply): FastifyReply | undefined {
    if (!this.#limit) return undefined;
    const wait = this.#limit.wait(clientNetwork(request.ip));
    return wait > 0 ? sendTooMany(reply, wait) : undefined;
  }
}
