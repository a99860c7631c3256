import type { Verified, Verifier } from '../projections/keys/verification.js';

/** One of this many verifications is timed. */
const SAMPLING = 16;

/** Reports for every verification whether the key was verified and, for some, how long it took, in milliseconds. */
export class ObservedVerifier implements Verifier {
  readonly #verifier: Verifier;
  readonly #record: (isVerified: boolean, duration: number | undefined) => void;
  #count = 0;

  constructor(verifier: Verifier, record: (isVerified: boolean, duration: number | undefined) => void) {
    this.#verifier = verifier;
    this.#record = record;
  }

  verify(keyId: string, secret: string): Verified | undefined {
    return this.#observe(() => this.#verifier.verify(keyId, secret));
  }

  verifySecret(secret: string): Verified | undefined {
    return this.#observe(() => this.#verifier.verifySecret(secret));
  }

  #observe(verify: () => Verified | undefined): Verified | undefined {
    const start = this.#count++ % SAMPLING === 0 ? performance.now() : undefined;
    const verified = verify();
    this.#record(verified !== undefined, start === undefined ? undefined : performance.now() - start);
    return verified;
  }
}
