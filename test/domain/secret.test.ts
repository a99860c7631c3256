import { hash } from 'node:crypto';
import { crc32 } from 'node:zlib';
import {
  hashSecret,
  isSameHash,
  isWellFormedSecret,
  KEY_ID_PATTERN,
  newKeyMaterial,
  SECRET_PATTERN,
} from '../../src/domain/secret.js';

const ALPHABET = '0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz';

it('has 43 base62 characters, which hold 256 bits, and a checksum over them', () => {
  const { secret } = newKeyMaterial();
  expect(secret).toMatch(/^kls_[0-9A-Za-z]{49}$/);
  expect(43 * Math.log2(62)).toBeGreaterThanOrEqual(256);
  const value = [...secret.slice(-6)].reduce((sum, digit) => sum * 62 + ALPHABET.indexOf(digit), 0);
  expect(value).toBe(crc32(secret.slice(4, 47)));
});

it('uses every character of the alphabet, each about as often', () => {
  const counts = new Map<string, number>();
  const drawn = Array.from({ length: 5000 }, () => newKeyMaterial().secret.slice(4, 47)).join('');
  for (const character of drawn) counts.set(character, (counts.get(character) ?? 0) + 1);
  const expected = drawn.length / 62;
  const chiSquared = ALPHABET.split('').reduce((sum, c) => sum + ((counts.get(c) ?? 0) - expected) ** 2 / expected, 0);
  // 61 degrees of freedom: above 140 once in 10^7 runs of a fair source.
  expect(chiSquared).toBeLessThan(140);
});

it('is unique, as is the key id, over a million', () => {
  const seen = new Set<string>();
  for (let i = 0; i < 1_000_000; i += 1) {
    const { keyId, secret } = newKeyMaterial();
    seen.add(keyId).add(secret);
  }
  expect(seen.size).toBe(2_000_000);
}, 120_000);

it('is refused with any single character changed', () => {
  const { secret } = newKeyMaterial();
  expect(isWellFormedSecret(secret)).toBe(true);
  for (let position = 0; position < secret.length; position += 1) {
    for (const character of ALPHABET) {
      if (character === secret[position]) continue;
      expect(isWellFormedSecret(secret.slice(0, position) + character + secret.slice(position + 1))).toBe(false);
    }
  }
});

it('is found by the published pattern, alone and within a text', () => {
  const { secret } = newKeyMaterial();
  expect(secret).toMatch(SECRET_PATTERN);
  expect(SECRET_PATTERN.exec(`password="${secret}";`)?.[0]).toBe(secret);
  expect('kls_tooShort').not.toMatch(SECRET_PATTERN);
  expect(newKeyMaterial().keyId).toMatch(KEY_ID_PATTERN);
});

it('is recognised by its hash alone', () => {
  const { secret, secretHash, hint } = newKeyMaterial();
  expect(secretHash).toBe(hashSecret(secret));
  expect(secretHash).toBe(hash('sha256', secret, 'hex'));
  expect(isSameHash(hashSecret(secret), secretHash)).toBe(true);
  expect(isSameHash(hashSecret(newKeyMaterial().secret), secretHash)).toBe(false);
  expect(secret.endsWith(hint)).toBe(true);
});
