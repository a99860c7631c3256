import type { Verified, Verifier } from '../projections/verification.js';

/** Tells of every verification: whether the key was verified, and how long it took, in milliseconds. */
export class ObservedVerifier implements Verifier {
  readonly #verifier: Verifier;
  readonly #note: (isVerified: boolean, duration: number) => void;

  constructor(verifier: Verifier, note: (isVerified: boolean, duration: number) => void) {
    this.#verifier = verifier;
    this.#note = note;
  }

  verify(keyId: string, secret: string): Verified | undefined {
    return this.#observe(() => this.#verifier.verify(keyId, secret));
  }

  verifySecret(secret: string): Verified | undefined {
    return this.#observe(() => this.#verifier.verifySecret(secret));
  }

  #observe(verify: () => Verified | undefined): Verified | undefined {
    const start = performance.now();
    const verified = verify();
    this.#note(verified !== undefined, performance.now() - start);
    return verified;
  }
}
