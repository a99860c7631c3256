import type { FastifyReply, FastifyRequest } from 'fastify';
import type { RateLimit } from '../../shared/rate-limit.js';
import { clientNetwork } from '../client-network.js';
import { sendTooMany } from '../problem.js';

/**
 * Counts refused credentials by client. Only requests that are refused anyway are counted: nobody's valid key or token is refused because
 * of another client's failed attempts behind the same address.
 */
export class FailedAttempts {
  readonly #limit: RateLimit | undefined;

  /** @param limit undefined: nothing is counted */
  constructor(limit: RateLimit | undefined) {
    this.#limit = limit;
  }

  /**
   * Counts refused credentials, or answers with 429 if the client has sent too many.
   * @returns undefined if it counted
   */
  refuse({ ip }: FastifyRequest, reply: FastifyReply): FastifyReply | undefined {
    const wait = this.#limit?.take(clientNetwork(ip)) ?? 0;
    return wait > 0 ? sendTooMany(reply, wait) : undefined;
  }
}
