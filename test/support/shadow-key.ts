import type { HeldKey } from './verify.js';

/** The clocks of two processes show whole milliseconds. */
const SLACK = 2;

/**
 * What a user of the API can know about a key: until when it certainly works, and from when on it certainly does not. Between the two,
 * while a change is under way or an expiry is near, either answer is right. Times are in milliseconds since 1970.
 */
export class ShadowKey implements HeldKey {
  readonly key: { keyId: string };
  readonly secret: string;
  #worksUntil: number;
  #endedFrom: number;

  constructor({ key, secret }: HeldKey, expiresAt = Number.POSITIVE_INFINITY) {
    this.key = key;
    this.secret = secret;
    this.#worksUntil = expiresAt;
    this.#endedFrom = expiresAt;
  }

  /** True if it will expire or has ended. */
  get isEnding(): boolean {
    return Number.isFinite(this.#endedFrom);
  }

  /**
   * Makes a change after which the key has that many milliseconds to live.
   * @param change resolves with whether it was made
   */
  async shorten(left: number, change: () => Promise<boolean>): Promise<void> {
    const before = this.#worksUntil;
    this.#worksUntil = Math.min(before, Date.now() + left);
    if (await change()) this.#endedFrom = Math.min(this.#endedFrom, Date.now() + left);
    else this.#worksUntil = before;
  }

  /** Whether a request sent and answered at these times must be accepted; undefined if both answers are right. */
  mustWork(sent: number, answered: number): boolean | undefined {
    if (answered + SLACK < this.#worksUntil) return true;
    return sent - SLACK > this.#endedFrom ? false : undefined;
  }
}
