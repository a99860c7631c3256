import { hash, randomInt, timingSafeEqual } from 'node:crypto';
import { crc32 } from 'node:zlib';

const ALPHABET = '0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz';
const RANDOM_LENGTH = 43;
const CHECKSUM_LENGTH = 6;

/** The pattern for secret scanners: every secret matches it, alone or within a text. */
export const SECRET_PATTERN = /kls_[0-9A-Za-z]{49}/;

/** What a key id looks like: `key_` and 22 base62 characters. */
export const KEY_ID_PATTERN = /^key_[0-9A-Za-z]{22}$/;

const WHOLE_SECRET = new RegExp(`^${SECRET_PATTERN.source}$`);

/** Takes no character away from the next match: what stands before a secret may look like the beginning of another. */
const ANY_SECRET = new RegExp(`(?=(${SECRET_PATTERN.source}))`, 'g');

/** An ASCII character as JSON (`\u006b`, and `\\u006b` within JSON within JSON), URLs and forms (`%6B`) may write it. */
const ESCAPED = /(?<!\\)\\+u00([2-7][0-9a-f])|%([2-7][0-9a-f])/gi;

/** How many times over a text may be escaped: JSON within JSON within a form. */
const ESCAPED_OVER = 3;

/** What is made once for a new key. Only `secret` must never be kept. */
export interface KeyMaterial {
  keyId: string;
  secret: string;
  /** SHA-256 of the secret, 64 hexadecimal digits. */
  secretHash: string;
  /** The last four characters of the secret, which tell its owner which one it is. */
  hint: string;
}

/** A new key id (131 bits) and secret (256 bits), each character drawn from the operating system's CSPRNG. */
export function newKeyMaterial(): KeyMaterial {
  const random = base62(RANDOM_LENGTH);
  const secret = `kls_${random}${checksum(random)}`;
  return { keyId: `key_${base62(22)}`, secret, secretHash: hashSecret(secret), hint: secret.slice(-4) };
}

/** Whether the secret has the right form and checksum; a typing error is refused without a look-up. */
export function isWellFormedSecret(secret: string): boolean {
  return WHOLE_SECRET.test(secret) && checksum(secret.slice(4, 4 + RANDOM_LENGTH)) === secret.slice(-CHECKSUM_LENGTH);
}

/** Every secret within the text, each once, whatever stands around it; also where it is written with escapes. */
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

/** Whether the two hashes (64 hexadecimal digits each) are the same, compared in constant time. */
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

function base62(length: number): string {
  return Array.from({ length }, () => ALPHABET.charAt(randomInt(62))).join('');
}
