import type { FastifyReply, FastifyRequest } from 'fastify';
import { z } from 'zod';
import { HostCookie } from './cookies.js';

/** How long a user may take to sign in at the provider, in seconds. */
const PATIENCE = 3600;

const ATTEMPT = z.object({ state: z.string(), nonce: z.string(), verifier: z.string(), returnTo: z.string() });

type KeptAttempt = z.infer<typeof ATTEMPT>;

/**
 * The cookie in which a browser keeps its attempt to sign in while its user is at the provider. It is not as strict as the session's
 * (`SameSite`), since the browser comes back from another site. No other host may set it, so nobody can make the browser complete another
 * person's attempt.
 */
export class AttemptCookie {
  readonly #cookie: HostCookie;

  constructor(publicUrl: URL | undefined) {
    this.#cookie = new HostCookie({ name: 'keyledger_sign_in', sameSite: 'Lax', publicUrl });
  }

  keep(reply: FastifyReply, attempt: KeptAttempt): void {
    const value = Buffer.from(JSON.stringify(attempt)).toString('base64url');
    this.#cookie.keep(reply, value, PATIENCE);
  }

  /** Returns the attempt and deletes the cookie, so it can be completed once. */
  take(request: FastifyRequest, reply: FastifyReply): KeptAttempt | undefined {
    this.#cookie.forget(reply);
    const value = this.#cookie.valueIn(request) ?? '';
    try {
      return ATTEMPT.safeParse(JSON.parse(Buffer.from(value, 'base64url').toString())).data;
    } catch {
      return undefined;
    }
  }
}
