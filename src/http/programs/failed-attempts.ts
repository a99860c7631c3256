import type { FastifyReply, FastifyRequest } from 'fastify';
import type { RateLimit } from '../../shared/rate-limit.js';
import { clientNetwork } from '../client-network.js';
import { sendTooMany } from '../problem.js';

/**
 * Counts refused credentials by client. Only what is refused anyway is looked at: nobody's good key, or token, is refused because
 * of somebody else's failedAttempts behind the same address.
 */
export class FailedAttempts {
  readonly #limit: RateLimit | undefined;

  /** @param limit undefined: nothing is counted */
  constructor(limit: RateLimit | undefined) {
    this.#limit = limit;
  }

  /** Counts refused credentials, or answers with 429 where the client has sent too many. @returns undefined where it counted */
  refuse({ ip }: FastifyRequest, reply: FastifyReply): FastifyReply | undefined {
    const wait = this.#limit?.take(clientNetwork(ip)) ?? 0;
    return wait > 0 ? sendTooMany(reply, wait) : undefined;
  }
}
