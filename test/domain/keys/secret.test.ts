import { hash } from 'node:crypto';
import { crc32 } from 'node:zlib';
import fc from 'fast-check';
import {
  hashSecret,
  isSameHash,
  isWellFormedSecret,
  KEY_ID_PATTERN,
  newKeyMaterial,
  SECRET_PATTERN,
  secretsIn,
} from '../../../src/domain/keys/secret.js';
import { rounds } from '../../support/long.js';

const DRAWS = rounds(20_000, 1_000_000);
const ALPHABET = '0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz';

it('has 43 base62 characters, which hold 256 bits, and a checksum over them', () => {
  const { secret } = newKeyMaterial();
  expect(secret).toMatch(/^kls_[0-9A-Za-z]{49}$/);
  expect(43 * Math.log2(62)).toBeGreaterThanOrEqual(256);
  const value = [...secret.slice(-6)].reduce((sum, digit) => sum * 62 + ALPHABET.indexOf(digit), 0);
  expect(value).toBe(crc32(secret.slice(4, 47)));
});

it.each<[what: string, draw: () => string]>([
  ['a secret', () => newKeyMaterial().secret.slice(4, 47)],
  ['a key id', () => newKeyMaterial().keyId.slice(4)],
])('every character of the alphabet is as frequent as the others in %s, at each place', (_, draw) => {
  const drawn = Array.from({ length: 20_000 }, draw);
  // 61 degrees of freedom: one of 67 sums of a fair source exceeds 160 about once in 2 × 10^8 runs.
  expect(chiSquared(drawn.join(''))).toBeLessThan(160);
  for (let place = 0; place < (drawn[0]?.length ?? 0); place += 1)
    expect(chiSquared(drawn.map((text) => text[place]).join(''))).toBeLessThan(160);
});

/** How far the frequencies of the 62 characters are from being equal. */
function chiSquared(text: string): number {
  const counts = new Map<string, number>();
  for (const character of text) counts.set(character, (counts.get(character) ?? 0) + 1);
  const expected = text.length / ALPHABET.length;
  return [...ALPHABET].reduce((sum, c) => sum + ((counts.get(c) ?? 0) - expected) ** 2 / expected, 0);
}

it(`is unique, as is the key id, over ${DRAWS} draws`, () => {
  const seen = new Set<string>();
  for (let i = 0; i < DRAWS; i += 1) {
    const { keyId, secret } = newKeyMaterial();
    seen.add(keyId).add(secret);
  }
  expect(seen.size).toBe(2 * DRAWS);
});

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
  expect(hint).toBe(secret.slice(-4));
});

/** Text that resembles a secret or an escape, but not to its end. */
const TRAPS = [
  'kls_',
  'kls',
  'k',
  '_',
  '%',
  '%6',
  '%25',
  '\\',
  '\\u',
  '\\u00',
  '\\u006',
  '\\\\',
  '"',
  '=',
  ' ',
  '\n',
  '0'.repeat(46),
  'kls_'.padEnd(50, 'x'),
];
const surroundings = fc
  .array(
    fc.oneof(fc.constantFrom(...TRAPS), fc.string({ unit: 'binary', maxLength: 8 }), fc.stringMatching(/^[0-9A-Za-z]{0,60}$/)),
  )
  .map((parts) => parts.join(''));
const secret = fc.noShrink(fc.constant(null).map(() => newKeyMaterial().secret));

const percent = (text: string) => [...text].map((each) => `%${each.charCodeAt(0).toString(16)}`).join('');
const json = (text: string) => [...text].map((each) => `\\u${each.charCodeAt(0).toString(16).padStart(4, '0')}`).join('');
const FORMS: ((text: string) => string)[] = [
  (text) => text,
  percent,
  (text) => percent(text).toUpperCase(),
  json,
  (text) => json(text).replace(/[a-f]/g, (digit) => digit.toUpperCase()),
  (text) => percent(text.slice(0, 9)) + json(text.slice(9, 20)) + text.slice(20),
  (text) => encodeURIComponent(JSON.stringify({ nested: JSON.stringify(text) })),
  (text) => encodeURIComponent(json(text)),
  (text) => JSON.stringify(JSON.stringify(json(text))),
  (text) => percent(percent(text)),
];

it('is found within any text, next to others too, however it is escaped', () => {
  const part = fc.tuple(surroundings, secret, fc.constantFrom(...FORMS));
  fc.assert(
    fc.property(fc.array(part, { minLength: 1, maxLength: 4 }), surroundings, (parts, end) => {
      const text = parts.map(([before, secret, form]) => before + form(secret)).join('') + end;
      expect(new Set(secretsIn(text))).toEqual(new Set(parts.map(([, secret]) => secret)));
    }),
    { numRuns: rounds(100, 2000) },
  );
});

it('is found under three levels of escaping', () => {
  const { secret } = newKeyMaterial();
  expect(secretsIn(percent(percent(percent(secret))))).toEqual([secret]);
});

it('is found once where it is given twice, and not at all with one character changed', () => {
  const { secret } = newKeyMaterial();
  expect(secretsIn(`${secret} ${secret} ${percent(secret)}`)).toEqual([secret]);
  const other = secret.endsWith('0') ? '1' : '0';
  expect(secretsIn(`${secret.slice(0, -1)}${other}`)).toEqual([]);
  expect(secretsIn(`KLS${secret.slice(3)}`)).toEqual([]);
});

it('is looked for in time that grows no faster than the text, however often that is escaped', () => {
  const { secret } = newKeyMaterial();
  for (const text of [
    '%25'.repeat(100_000),
    'kls_'.repeat(75_000),
    `kls_${'x'.repeat(300_000)}`,
    '\\u005c'.repeat(50_000),
    '\\'.repeat(300_000),
  ]) {
    expect(secretsIn(text + secret)).toEqual([secret]);
  }
});
