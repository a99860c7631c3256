import { createHmac } from 'node:crypto';
import { Pseudonyms } from '../../../src/domain/analytics/pseudonyms.js';

const KEY = Buffer.alloc(32, 7);
const pseudonyms = new Pseudonyms(KEY);

it('are the first 128 bits of HMAC-SHA-256 in hexadecimal, of accounts and of keys apart', () => {
  const hmac = (text: string) => createHmac('sha256', KEY).update(text).digest('hex').slice(0, 32);
  expect(pseudonyms.ofAccount('acme')).toBe(hmac('account:acme'));
  expect(pseudonyms.ofKey('acme')).toBe(hmac('key:acme'));
  expect(pseudonyms.ofKey('acme')).not.toBe(pseudonyms.ofAccount('acme'));
});

it('are others under another key, which its fingerprint tells', () => {
  const others = new Pseudonyms(Buffer.alloc(32, 8));
  expect(others.ofAccount('acme')).not.toBe(pseudonyms.ofAccount('acme'));
  expect(others.fingerprint).not.toBe(pseudonyms.fingerprint);
  expect(new Pseudonyms(Buffer.alloc(32, 7)).fingerprint).toBe(pseudonyms.fingerprint);
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
