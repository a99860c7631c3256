import { createHmac } from 'node:crypto';
import { Pseudonyms } from '../../../src/domain/analytics/pseudonyms.js';

const KEY = Buffer.alloc(32, 7);
const pseudonyms = new Pseudonyms(KEY);

/** The first digits of HMAC-SHA-256 in hexadecimal. */
const hmac = (text: string, digits: number) => createHmac('sha256', KEY).update(text).digest('hex').slice(0, digits);

it('are the first 128 bits of HMAC-SHA-256 in hexadecimal, of accounts and of keys apart', () => {
  expect(pseudonyms.ofAccount('acme')).toBe(hmac('account:acme', 32));
  expect(pseudonyms.ofKey('acme')).toBe(hmac('key:acme', 32));
  expect(pseudonyms.ofKey('acme')).not.toBe(pseudonyms.ofAccount('acme'));
});

it('are others under another key, which its fingerprint tells', () => {
  const others = new Pseudonyms(Buffer.alloc(32, 8));
  expect(others.ofAccount('acme')).not.toBe(pseudonyms.ofAccount('acme'));
  expect(others.fingerprint).not.toBe(pseudonyms.fingerprint);
  expect(pseudonyms.fingerprint).toBe(hmac('fingerprint', 16));
});

it('seal what the same key alone opens again, and never seal twice alike', () => {
  const sealed = pseudonyms.seal('apiKeys-acme');
  expect(pseudonyms.unseal(sealed)).toBe('apiKeys-acme');
  expect(pseudonyms.seal('apiKeys-acme')).not.toBe(sealed);
  expect(Buffer.from(sealed, 'base64url').toString()).not.toContain('acme');
  expect(() => new Pseudonyms(Buffer.alloc(32, 8)).unseal(sealed)).toThrow();
  const changed = Buffer.from(sealed, 'base64url').map((byte, index, { length }) => (index === length - 1 ? byte ^ 1 : byte));
  expect(() => pseudonyms.unseal(Buffer.from(changed).toString('base64url'))).toThrow();
});

it('open what was sealed before, and seal it alike if asked to', () => {
  // Computed with the functions of node:crypto alone. Files that exist hold such values.
  const sealed = 'BxMvue5zhwbK9ahhEM2eisKFN6YkK5oHTGHhB33bHNWjrbCCF6hYLw';
  expect(pseudonyms.unseal(sealed)).toBe('apiKeys-acme');
  expect(pseudonyms.sealAlike('apiKeys-acme')).toBe(sealed);
  expect(pseudonyms.sealAlike('apiKeys-other').slice(0, 16)).not.toBe(sealed.slice(0, 16));
});

it('open nothing with a shortened tag', () => {
  const sealed = Buffer.from(pseudonyms.seal(''), 'base64url');
  const shortened = sealed.subarray(0, -1).toString('base64url');
  expect(pseudonyms.unseal(sealed.toString('base64url'))).toBe('');
  expect(() => pseudonyms.unseal(shortened)).toThrow('Invalid authentication tag length: 15');
});
