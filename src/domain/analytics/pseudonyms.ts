import { createCipheriv, createDecipheriv, createHmac, createSecretKey, type KeyObject, randomBytes } from 'node:crypto';

/** The length of a pseudonym in hexadecimal digits of the HMAC: 128 bits, so that collisions are not to be expected. */
const LENGTH = 32;

const CIPHER = 'aes-256-gcm';
const [NONCE, TAG] = [12, 16];

/** How many pseudonyms are kept. Events that are read together name the same accounts and keys again and again. */
const KEPT = 10_000;

/**
 * Pseudonyms distinguish rows without identifying anybody: HMAC-SHA-256 (RFC 2104) under a key of the installation. Anyone with that key
 * and an id can compute its pseudonym; a pseudonym alone reveals nothing.
 */
export class Pseudonyms {
  readonly #key: KeyObject;
  readonly #sealKey: Buffer;
  readonly #known = new Map<string, string>();
  /** Identifies the key without revealing it. */
  readonly fingerprint: string;

  /** @param key 32 bytes; another key gives other pseudonyms */
  constructor(key: Uint8Array) {
    this.#key = createSecretKey(key);
    this.#sealKey = this.#hash('seal').digest();
    this.fingerprint = this.#hash('fingerprint').digest('hex').slice(0, 16);
  }

  ofAccount(account: string): string {
    return this.#name(`account:${account}`);
  }

  ofKey(keyId: string): string {
    return this.#name(`key:${keyId}`);
  }

  /**
   * Encrypts a text (AES-256-GCM); only `unseal` under the same key can read it. For what the program must read again and nobody else may.
   */
  seal(text: string): string {
    return this.#seal(text, randomBytes(NONCE));
  }

  /** Like `seal`, but deterministic: the same text gives the same result, so rows can be compared. */
  sealAlike(text: string): string {
    return this.#seal(text, this.#hash(`nonce:${text}`).digest().subarray(0, NONCE));
  }

  #seal(text: string, nonce: Uint8Array): string {
    const cipher = createCipheriv(CIPHER, this.#sealKey, nonce);
    const sealed = Buffer.concat([cipher.update(text, 'utf8'), cipher.final()]);
    return Buffer.concat([nonce, cipher.getAuthTag(), sealed]).toString('base64url');
  }

  /** @throws Error if it was sealed under another key or is damaged */
  unseal(sealed: string): string {
    const bytes = Buffer.from(sealed, 'base64url');
    const decipher = createDecipheriv(CIPHER, this.#sealKey, bytes.subarray(0, NONCE), { authTagLength: TAG });
    decipher.setAuthTag(bytes.subarray(NONCE, NONCE + TAG));
    return Buffer.concat([decipher.update(bytes.subarray(NONCE + TAG)), decipher.final()]).toString('utf8');
  }

  #name(what: string): string {
    const known = this.#known.get(what);
    if (known !== undefined) return known;
    const name = this.#hash(what).digest('hex').slice(0, LENGTH);
    if (this.#known.size === KEPT) this.#known.clear();
    this.#known.set(what, name);
    return name;
  }

  #hash(what: string) {
    return createHmac('sha256', this.#key).update(what);
  }
}
