import type { FastifyRequest } from 'fastify';
import { RateLimit } from '../shared/rate-limit.js';
import { clientNetwork } from './client-network.js';

/** The maximum number of lines in a minute: of one client's network, and of all. */
const LINES = { ofNetwork: 10, ofAll: 120 };

/** What was refused, as a line of the log says it. */
type RefusedSignIn =
  | 'a token was refused'
  | 'an introspection token was refused'
  | 'a sign-in failed'
  | 'a sign-in link was refused'
  | 'a session ended: it was not renewed';

/**
 * Logs refused tokens and sign-ins as warnings, with the client's network and the request's id. Lines are limited, so that nobody can
 * flood the log: the next line says how many were left out before it.
 */
export class SecurityLog {
  readonly #ofNetwork: RateLimit;
  readonly #ofAll: RateLimit;
  #leftOut = 0;

  /** @param clock milliseconds that never go back; by default of this process */
  constructor(clock?: () => number) {
    this.#ofNetwork = new RateLimit(LINES.ofNetwork, clock);
    this.#ofAll = new RateLimit(LINES.ofAll, clock);
  }

  /** @param reason why it was refused; never the token itself */
  record(
    { log, ip }: Pick<FastifyRequest, 'log' | 'ip'>,
    message: RefusedSignIn,
    reason: { code?: string; reason?: string } = {},
  ): void {
    const network = clientNetwork(ip);
    if (this.#ofNetwork.take(network) > 0 || this.#ofAll.take('all') > 0) {
      this.#leftOut += 1;
      return;
    }
    const leftOut = this.#leftOut;
    this.#leftOut = 0;
    log.warn({ security: true, network, ...reason, ...(leftOut > 0 && { leftOut }) }, message);
  }
}
