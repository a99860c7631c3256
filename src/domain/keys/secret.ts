import { hash, randomBytes, timingSafeEqual } from 'node:crypto';
import { crc32 } from 'node:zlib';

const ALPHABET = '0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz';
const KEY_ID_LENGTH = 22;
const RANDOM_LENGTH = 43;
const CHECKSUM_LENGTH = 6;

/** The pattern for secret scanners. It matches every secret, alone or within a text. */
export const SECRET_PATTERN = /kls_[0-9A-Za-z]{49}/;

/** The pattern of a key id: `key_` and 22 base62 characters. */
export const KEY_ID_PATTERN = /^key_[0-9A-Za-z]{22}$/;

const WHOLE_SECRET = new RegExp(`^${SECRET_PATTERN.source}$`);

/** Matches without consuming characters: the text before a secret may look like the beginning of another one. */
const ANY_SECRET = new RegExp(`(?=(${SECRET_PATTERN.source}))`, 'g');

/** An ASCII character as JSON (`\u006b`, and `\\u006b` for JSON within JSON), URLs and forms (`%6B`) may escape it. */
const ESCAPED = /(?<!\\)\\+u00([2-7][0-9a-f])|%([2-7][0-9a-f])/gi;

/** How many levels of escaping are undone: JSON within JSON within a form. */
const ESCAPED_OVER = 3;

/** The values that are generated for a new key. `secret` must never be stored. */
export interface KeyMaterial {
  keyId: string;
  secret: string;
  /** SHA-256 of the secret, 64 hexadecimal digits. */
  secretHash: string;
  /** The last four characters of the secret. They help the owner to recognise it. */
  hint: string;
}

/** Generates a key id (131 bits) and a secret (256 bits) from the operating system's CSPRNG. */
export function newKeyMaterial(): KeyMaterial {
  const characters = base62(KEY_ID_LENGTH + RANDOM_LENGTH);
  const random = characters.slice(KEY_ID_LENGTH);
  const secret = `kls_${random}${checksum(random)}`;
  return { keyId: `key_${characters.slice(0, KEY_ID_LENGTH)}`, secret, secretHash: hashSecret(secret), hint: secret.slice(-4) };
}

/** True if the secret has the right form and checksum. A typing error is refused without a look-up. */
export function isWellFormedSecret(secret: string): boolean {
  return WHOLE_SECRET.test(secret) && checksum(secret.slice(4, 4 + RANDOM_LENGTH)) === secret.slice(-CHECKSUM_LENGTH);
}

/** Finds every secret in a text, each once, whatever surrounds it, and also in escaped form. */
export function secretsIn(text: string): string[] {
  const found = new Set<string>();
  let view = text;
  for (let times = 0; times <= ESCAPED_OVER; times += 1) {
    for (const [, match = ''] of view.matchAll(ANY_SECRET)) if (isWellFormedSecret(match)) found.add(match);
    view = unescaped(view);
  }
  return [...found];
}

/** SHA-256 as 64 hexadecimal digits. A fast hash is right for 256 random bits (OWASP ASVS 5.0, 6.5.2). */
export function hashSecret(secret: string): string {
  return hash('sha256', secret, 'hex');
}

/** True if both hashes (64 hexadecimal digits each) are equal; compared in constant time. */
export function isSameHash(one: string, other: string): boolean {
  return timingSafeEqual(Buffer.from(one, 'latin1'), Buffer.from(other, 'latin1'));
}

function unescaped(text: string): string {
  return text.replace(ESCAPED, (_, json?: string, percent = json) => String.fromCharCode(Number.parseInt(percent, 16)));
}

/** CRC-32 (ISO 3309, as in zlib) in six base62 digits, most significant first: the format of GitHub's tokens. */
function checksum(text: string): string {
  let rest = crc32(text);
  let digits = '';
  while (digits.length < CHECKSUM_LENGTH) {
    digits = ALPHABET.charAt(rest % 62) + digits;
    rest = Math.floor(rest / 62);
  }
  return digits;
}

/** The largest multiple of 62 that fits into a byte. Larger bytes are drawn again, or some characters would be more frequent. */
const FAIR = 248;

/** How many more bytes are drawn than are needed, so that one call is nearly always enough. */
const SPARE = 16;

/** Draws random characters, each equally likely, by rejection sampling (NIST SP 800-90A Rev. 1, appendix A.5.1). */
function base62(length: number): string {
  const codes: number[] = [];
  while (codes.length < length) {
    for (const byte of randomBytes(length + SPARE)) if (byte < FAIR) codes.push(ALPHABET.charCodeAt(byte % 62));
  }
  return String.fromCharCode(...codes.slice(0, length));
}
