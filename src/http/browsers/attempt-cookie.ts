import type { FastifyReply, FastifyRequest } from 'fastify';
import { z } from 'zod';
import { cookieIn, formatCookie } from './cookies.js';

/** How long a user may take to sign in at the provider, in seconds. */
const PATIENCE = 600;

const ATTEMPT = z.object({ state: z.string(), nonce: z.string(), verifier: z.string(), returnTo: z.string() });

type KeptAttempt = z.infer<typeof ATTEMPT>;

/**
 * The cookie in which a browser keeps its attempt to sign in while its user is at the provider. It is not as strict as the session's
 * (`SameSite`), since the browser comes back from another site. Over https no other host can set it, so nobody can make the browser
 * complete another person's attempt.
 */
export class AttemptCookie {
  readonly #name: string;
  readonly #options;

  constructor(publicUrl: URL | undefined) {
    const secure = publicUrl?.protocol === 'https:';
    this.#name = `${secure ? '__Host-' : ''}keyledger_sign_in`;
    this.#options = { path: '/', sameSite: 'Lax', secure } as const;
  }

  keep(reply: FastifyReply, attempt: KeptAttempt): void {
    const value = Buffer.from(JSON.stringify(attempt)).toString('base64url');
    reply.header('set-cookie', formatCookie(this.#name, value, { ...this.#options, maxAge: PATIENCE }));
  }

  /** Returns the attempt and deletes the cookie, so it can be completed once. */
  take({ headers }: FastifyRequest, reply: FastifyReply): KeptAttempt | undefined {
    reply.header('set-cookie', formatCookie(this.#name, '', { ...this.#options, maxAge: 0 }));
    const value = cookieIn(headers.cookie, this.#name) ?? '';
    try {
      return ATTEMPT.safeParse(JSON.parse(Buffer.from(value, 'base64url').toString())).data;
    } catch {
      return undefined;
    }
  }
}
