import { createCipheriv, createDecipheriv, createHmac, randomBytes } from 'node:crypto';

/** How many hexadecimal digits of the HMAC a pseudonym has: 128 bits, so that no two are the same by chance. */
const LENGTH = 32;

const CIPHER = 'aes-256-gcm';
const [NONCE, TAG] = [12, 16];

/**
 * Names that tell rows apart and nobody who they are: HMAC-SHA-256 (RFC 2104) under a key of the installation's own. Whoever has
 * that key and an id can compute its pseudonym; from the pseudonym alone nothing can be computed.
 */
export class Pseudonyms {
  readonly #key: Uint8Array;
  readonly #sealKey: Buffer;
  /** Tells keys apart, and tells nothing of this one. */
  readonly fingerprint: string;

  /** @param key 32 bytes; under another key, all pseudonyms are others */
  constructor(key: Uint8Array) {
    this.#key = key;
    this.#sealKey = this.#hash('seal').digest();
    this.fingerprint = this.#hash('fingerprint').digest('hex').slice(0, 16);
  }

  ofAccount(account: string): string {
    return this.#name(`account:${account}`);
  }

  ofKey(keyId: string): string {
    return this.#name(`key:${keyId}`);
  }

  /** The text as only `unseal` under the same key can read it (AES-256-GCM): for what a program must find again, and nobody read. */
  seal(text: string): string {
    return this.#seal(text, randomBytes(NONCE));
  }

  /** Likewise, but the same text gives the same, as it does with pseudonyms: for rows that are compared. */
  sealAlike(text: string): string {
    return this.#seal(text, this.#hash(`nonce:${text}`).digest().subarray(0, NONCE));
  }

  #seal(text: string, nonce: Uint8Array): string {
    const cipher = createCipheriv(CIPHER, this.#sealKey, nonce);
    const sealed = Buffer.concat([cipher.update(text, 'utf8'), cipher.final()]);
    return Buffer.concat([nonce, cipher.getAuthTag(), sealed]).toString('base64url');
  }

  /** @throws Error where it was sealed under another key, or is damaged */
  unseal(sealed: string): string {
    const bytes = Buffer.from(sealed, 'base64url');
    const decipher = createDecipheriv(CIPHER, this.#sealKey, bytes.subarray(0, NONCE), { authTagLength: TAG });
    decipher.setAuthTag(bytes.subarray(NONCE, NONCE + TAG));
    return Buffer.concat([decipher.update(bytes.subarray(NONCE + TAG)), decipher.final()]).toString('utf8');
  }

  #name(what: string): string {
    return this.#hash(what).digest('hex').slice(0, LENGTH);
  }

  #hash(what: string) {
    return createHmac('sha256', this.#key).update(what);
  }
}
