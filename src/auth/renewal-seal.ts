import { EncryptJWT, errors, jwtDecrypt } from 'jose';
import { z } from 'zod';
import type { Clock } from '../shared/clock.js';
import { SESSION_LIFETIME } from './session-lifetime.js';

/** What renews a session. */
const RENEWAL = z.object({
  refreshToken: z.string(),
  /** Names the person to the provider at sign-out. */
  idToken: z.string().optional(),
  /** Whose session it is. */
  subject: z.string(),
  /** When the session ends for good, in seconds since 1970. */
  exp: z.number(),
});

export type Renewal = z.infer<typeof RENEWAL>;

/** A session as a browser holds it. */
const SESSION = z.object({
  token: z.string(),
  /** Renews the session. Only this server can read it. Undefined if the session ends with its token. */
  renewal: z.object({ sealed: z.string(), exp: z.number() }).optional(),
});

export type BrowserSession = z.infer<typeof SESSION>;

/**
 * The maximum length of a sealed renewal. The session's token has 4 KB; proxies such as nginx accept a line of 8 KB, and both cookies
 * share one.
 */
const LIMIT = 3072;

/** Encrypts and authenticates (JWE with `dir` and A256GCM). All processes with the same key read what one of them has sealed. */
export class RenewalSeal {
  readonly #key: Uint8Array;
  readonly #clock: Clock;

  constructor(key: Uint8Array, clock: Clock) {
    this.#key = key;
    this.#clock = clock;
  }

  /** Leaves the ID token out if it does not fit. Undefined if the refresh token itself does not fit. */
  async sealRenewal(renewal: Renewal): Promise<BrowserSession['renewal']> {
    const { idToken: _, ...smaller } = renewal;
    for (const contents of [renewal, smaller]) {
      const sealed = await this.#seal('renewal', contents);
      if (sealed.length <= LIMIT) return { sealed, exp: renewal.exp };
    }
    return undefined;
  }

  /** Undefined if nobody with this key has sealed it, or if the session is over. */
  async openRenewal(sealed: string): Promise<Renewal | undefined> {
    const renewal = RENEWAL.safeParse(await this.#open('renewal', sealed)).data;
    // One with more time left than a new one began before the clock was stepped back; its age is unknown.
    return renewal && renewal.exp * 1000 - this.#clock() <= SESSION_LIFETIME ? renewal : undefined;
  }

  sealSession(session: BrowserSession): Promise<string> {
    return this.#seal('session', session);
  }

  async openSession(sealed: string): Promise<BrowserSession | undefined> {
    return SESSION.safeParse(await this.#open('session', sealed)).data;
  }

  #seal(typ: string, contents: Record<string, unknown>): Promise<string> {
    return new EncryptJWT(contents).setProtectedHeader({ alg: 'dir', enc: 'A256GCM', typ }).encrypt(this.#key);
  }

  async #open(typ: string, sealed: string): Promise<unknown> {
    const options = { typ, keyManagementAlgorithms: ['dir'], contentEncryptionAlgorithms: ['A256GCM'] };
    try {
      const { payload } = await jwtDecrypt(sealed, this.#key, { ...options, currentDate: new Date(this.#clock()) });
      return payload;
    } catch (error) {
      if (error instanceof errors.JOSEError) return undefined;
      throw error;
    }
  }
}
