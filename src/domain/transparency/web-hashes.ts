import { type Bytes, joined, utf8 } from './bytes.js';

/** SHA-256 by the Web Cryptography API, which Node and browsers have. 32 bytes. */
export async function sha256(bytes: Bytes): Promise<Bytes> {
  return new Uint8Array(await crypto.subtle.digest('SHA-256', bytes));
}

/** SHA-256 of 0x00 and the leaf's text in UTF-8 (RFC 6962, 2.1). 32 bytes. */
export function webHashLeaf(text: string): Promise<Bytes> {
  return sha256(joined(Uint8Array.of(0), utf8(text)));
}

/** SHA-256 of 0x01 and the hashes of both halves (RFC 6962, 2.1). 32 bytes. */
export function webHashNode(left: Uint8Array, right: Uint8Array): Promise<Bytes> {
  return sha256(joined(Uint8Array.of(1), left, right));
}
