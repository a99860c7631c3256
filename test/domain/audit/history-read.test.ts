import { toReadFilter } from '../../../src/domain/audit/history-read.js';
import { newKeyMaterial } from '../../../src/domain/keys/secret.js';
import { id } from '../../support/specification.js';

it('keeps what was asked for, and only what was given', () => {
  const at = Date.parse('2026-01-01T00:00:00Z');
  const asked = { account: 'auth0|acme', keyId: id('a'), type: 'KeyDeleted', actor: undefined, from: at, to: at + 1, at };
  expect(toReadFilter(asked)).toStrictEqual({
    account: 'auth0|acme',
    keyId: id('a'),
    type: 'KeyDeleted',
    from: '2026-01-01T00:00:00.000Z',
    to: '2026-01-01T00:00:00.001Z',
    at: '2026-01-01T00:00:00.000Z',
  });
  expect(toReadFilter({})).toStrictEqual({});
});

it.each([
  ['an e-mail address', 'alice@example.com'],
  ['a secret', newKeyMaterial().secret],
  ['a text that holds a secret', `x:${newKeyMaterial().secret}:x`],
  ['a text of any length', 'a'.repeat(129)],
  ['nothing', ''],
])('keeps of %s only that something was looked for: the log is forever', (_what, text) => {
  expect(toReadFilter({ account: text, keyId: text, actor: text })).toEqual({ account: '?', keyId: '?', actor: '?' });
});

it('gives equal questions one form', () => {
  expect(JSON.stringify(toReadFilter({ actor: 'a', account: 'b' }))).toBe(
    JSON.stringify(toReadFilter({ account: 'b', actor: 'a' })),
  );
});
