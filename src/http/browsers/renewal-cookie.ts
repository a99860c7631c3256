import type { FastifyReply, FastifyRequest } from 'fastify';
import type { BrowserSession } from '../../auth/renewal-seal.js';
import type { Clock } from '../../shared/clock.js';
import { HostCookie } from './cookies.js';

/** How long a browser may take from here to the provider's sign-out, in seconds. */
const PATIENCE = 60;

/** Stands for the renewal of a session that had none. */
const NONE = 'none';

export interface RenewalCookieOptions {
  publicUrl: URL | undefined;
  clock: Clock;
}

/**
 * The cookie in which a browser holds what renews its session, sealed. At sign-out it becomes another cookie for a moment: only a browser
 * that was signed out by our own page has that one, so no other site can send somebody to the provider's sign-out.
 */
export class RenewalCookie {
  readonly #renewal: HostCookie;
  readonly #leaving: HostCookie;
  readonly #clock: Clock;

  constructor({ publicUrl, clock }: RenewalCookieOptions) {
    this.#renewal = new HostCookie({ name: 'keyledger_renewal', sameSite: 'Strict', publicUrl });
    this.#leaving = new HostCookie({ name: 'keyledger_sign_out', sameSite: 'Strict', publicUrl });
    this.#clock = clock;
  }

  /** Undefined if there is none. */
  valueIn(request: Pick<FastifyRequest, 'headers'>): string | undefined {
    return this.#renewal.valueIn(request) || undefined;
  }

  /** Replaces what an earlier session may have left. */
  keep(reply: FastifyReply, { renewal }: BrowserSession): void {
    if (renewal) this.#renewal.keep(reply, renewal.sealed, Math.max(0, Math.floor(renewal.exp - this.#clock() / 1000)));
    else this.#renewal.forget(reply);
  }

  forget(reply: FastifyReply): void {
    this.#renewal.forget(reply);
  }

  /** Ends the renewal here, and keeps it for the sign-out at the provider. */
  leave(request: FastifyRequest, reply: FastifyReply): void {
    this.#renewal.forget(reply);
    this.#leaving.keep(reply, this.valueIn(request) ?? NONE, PATIENCE);
  }

  /** Returns what `leave` has kept, once; undefined if our page has signed nobody out here. */
  takeLeaving(request: FastifyRequest, reply: FastifyReply): { sealed: string | undefined } | undefined {
    const value = this.#leaving.valueIn(request);
    this.#leaving.forget(reply);
    return value ? { sealed: value === NONE ? undefined : value } : undefined;
  }
}
