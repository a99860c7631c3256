import { hash } from 'node:crypto';
import { inputHash, type Repeatable, requestOf } from '../../../src/domain/keys/input-hash.js';
import { at, disable, enable, id, material, rename, rotate, START } from '../../support/specification.js';

const creation = { type: 'CreateKey', key: material('a'), name: 'ci', scopes: ['b', 'a'] } as const;

/** The log keeps these hashes: another text would take a repeated request for another one. */
it.each<[text: string, command: Repeatable]>([
  ['{"name":"ci","scopes":["a","b"],"type":"CreateKey"}', { ...creation, scopes: [...creation.scopes] }],
  [
    '{"expiresAt":"2026-01-01T00:00:00.000Z","name":"ci","scopes":[],"type":"CreateKey"}',
    { ...creation, scopes: [], expiresAt: at(START) },
  ],
  [`{"keyId":"${id('a')}","overlap":60,"type":"RotateKey"}`, rotate('a', 'b', { overlap: 60 })],
  [`{"keyId":"${id('a')}","name":"new","type":"RenameKey"}`, rename('a', 'new')],
  [`{"keyId":"${id('a')}","type":"DisableKey"}`, disable('a')],
  [`{"keyId":"${id('a')}","type":"EnableKey"}`, enable('a')],
])('is the SHA-256 of %s, whatever the idempotency key', (text, command) => {
  const expected = hash('sha256', text, 'hex');
  expect(inputHash(command)).toBe(expected);
  expect(requestOf({ ...command, idempotencyKey: 'r' })).toEqual({ idempotencyKey: 'r', inputHash: expected });
  expect(requestOf(command)).toEqual({});
});
