import { createHmac } from 'node:crypto';

/** How many hexadecimal digits of the HMAC a pseudonym has: 128 bits, so that no two are the same by chance. */
const LENGTH = 32;

/**
 * Names that tell rows apart and nobody who they are: HMAC-SHA-256 (RFC 2104) under a key of the installation's own. Whoever has
 * that key and an id can compute its pseudonym; from the pseudonym alone nothing can be computed.
 */
export class Pseudonyms {
  readonly #key: Uint8Array;
  /** Tells keys apart, and tells nothing of this one. */
  readonly fingerprint: string;

  /** @param key 32 bytes; under another key, all pseudonyms are others */
  constructor(key: Uint8Array) {
    this.#key = key;
    this.fingerprint = this.#name('fingerprint').slice(0, 16);
  }

  ofAccount(account: string): string {
    return this.#name(`account:${account}`);
  }

  ofKey(keyId: string): string {
    return this.#name(`key:${keyId}`);
  }

  #name(what: string): string {
    return createHmac('sha256', this.#key).update(what).digest('hex').slice(0, LENGTH);
  }
}
