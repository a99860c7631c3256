import type { FastifyReply, FastifyRequest } from 'fastify';
import { z } from 'zod';
import { cookieIn, formatCookie } from './cookies.js';

/** How long somebody may take to sign in at the provider, in seconds. */
const PATIENCE = 600;

const ATTEMPT = z.object({ state: z.string(), nonce: z.string(), verifier: z.string(), returnTo: z.string() });

type KeptAttempt = z.infer<typeof ATTEMPT>;

/**
 * The cookie in which a browser keeps its attempt to sign in while its user is at the provider, from where the browser comes
 * back: that is why it is not as strict as the session's. Over https no other host can set it, and have the browser complete
 * somebody else's attempt.
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

  /** The attempt, which the browser then forgets: it can be completed once. */
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
