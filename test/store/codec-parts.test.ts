import { hash } from 'node:crypto';
import { createdKeyIn, decode, decodeOnce, leafHashOf, leafTextOf, provenanceOf } from '../../src/store/codec.js';
import { ReadEvent } from '../../src/store/read-event.js';
import { sample } from '../support/golden-samples.js';

const event = sample('KeyCreated.1.json');

it('an event that a store gave is decoded once', () => {
  const event = new ReadEvent(sample('KeyCreated.1.json'));
  const first = decodeOnce(event);
  expect(first).toEqual(decode(event));
  expect(decodeOnce(event)).toBe(first);
  expect(decodeOnce({ ...event, type: 'KeyRenamed', data: { keyId: `key_${'a'.repeat(22)}`, name: 'other' } })).not.toBe(first);
});

it('the hash of a leaf is that of RFC 6962', () => {
  const expected = hash('sha256', Buffer.concat([Buffer.of(0), Buffer.from(leafTextOf(event))]), 'buffer');
  expect(leafHashOf(event)).toEqual(expected);
});

const secretHash = '0'.repeat(64);

it.each<[what: string, data: object, keyId: string | undefined]>([
  ['with a member that is unknown', { keyId: 'key_1', secretHash, other: true }, 'key_1'],
  ['without an id', { secretHash }, ''],
  ['with an id that is no text', { keyId: 1, secretHash }, ''],
  ['without a hash', { keyId: 'key_1' }, undefined],
  ['with a hash that is none', { keyId: 'key_1', secretHash: 'x' }, undefined],
])('the key that was created is found in data %s, if its secret has a hash', (_what, data, keyId) => {
  const key = keyId === undefined ? undefined : expect.objectContaining({ keyId, secretHash });
  expect(createdKeyIn({ ...event, data })).toEqual(key);
});

it.each<[what: string, metadata: object, origin: ReturnType<typeof provenanceOf>]>([
  [
    'whole',
    { at: '2026-01-01T00:00:00.001Z', actor: 'owner', correlationId: 'a request' },
    { at: Date.UTC(2026, 0, 1) + 1, actor: 'owner', correlationId: 'a request' },
  ],
  ['empty', {}, { at: undefined, actor: '', correlationId: '' }],
  ['of other types', { at: 5, actor: null, correlationId: ['a request'] }, { at: undefined, actor: '', correlationId: '' }],
  ['with a time that is none', { at: 'today', actor: 'owner' }, { at: undefined, actor: 'owner', correlationId: '' }],
])('what is known of an origin whose metadata are %s', (_what, metadata, origin) => {
  expect(provenanceOf({ metadata })).toEqual(origin);
});
