/** Bytes that the Web Cryptography API takes. */
export type Bytes = Uint8Array<ArrayBuffer>;

/** SHA-256 of 0x00 and the leaf's text in UTF-8 (RFC 6962, 2.1). 32 bytes. */
export function hashLeaf(text: string): Promise<Bytes> {
  return sha256(joined(Uint8Array.of(0), new TextEncoder().encode(text)));
}

/** SHA-256 of 0x01 and the hashes of both halves (RFC 6962, 2.1). 32 bytes. */
export function hashNode(left: Bytes, right: Bytes): Promise<Bytes> {
  return sha256(joined(Uint8Array.of(1), left, right));
}

export async function sha256(bytes: Bytes): Promise<Bytes> {
  return new Uint8Array(await crypto.subtle.digest('SHA-256', bytes));
}

export function joined(...parts: Uint8Array[]): Bytes {
  const whole = new Uint8Array(parts.reduce((length, part) => length + part.length, 0));
  let end = 0;
  for (const part of parts) {
    whole.set(part, end);
    end += part.length;
  }
  return whole;
}

/** @throws DOMException where it is no base64 */
export function fromBase64(text: string): Bytes {
  return Uint8Array.from(atob(text), (character) => character.charCodeAt(0));
}

export function equal(a: Uint8Array, b: Uint8Array): boolean {
  return a.length === b.length && a.every((byte, index) => byte === b[index]);
}
