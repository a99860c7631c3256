import { decide } from '../../../src/domain/keys/decide.js';
import { inputHash } from '../../../src/domain/keys/input-hash.js';
import type { RotateKey } from '../../../src/domain/keys/model.js';
import { KeyAlreadyCreated, KeyLimitReached, KeyNotFound } from '../../../src/domain/keys/refusals.js';
import { at, created, DAY, deleted, expirySet, fold, given, id, rotate, SECOND, START } from '../../support/specification.js';

const successor = (from: string, data = {}) => created('c', { name: `key ${from}`, replaces: id(from), ...data });

describe('without an overlap', () => {
  it('deletes the old key and creates its successor, in this order', () => {
    given(created('a'))
      .when(rotate('a', 'c'))
      .then(deleted('a', { reason: 'ROTATED', replacedBy: id('c') }), successor('a'));
  });

  it('works at the limit', () => {
    given(created('a'), created('b'))
      .when(rotate('a', 'c'))
      .then(deleted('a', { reason: 'ROTATED', replacedBy: id('c') }), successor('a'));
  });
});

describe('with an overlap', () => {
  it('creates the successor and lets the old key end after the overlap', () => {
    given(created('a'))
      .when(rotate('a', 'c', { overlap: 60 }), START + DAY)
      .then(successor('a'), expirySet('a', START + DAY + 60 * SECOND));
  });

  it('needs a free slot', () => {
    given(created('a'), created('b'))
      .when(rotate('a', 'c', { overlap: 60 }))
      .thenRefused(KeyLimitReached);
  });

  it('takes the place of an expired key', () => {
    given(created('a'), created('b', { expiresAt: at(START + SECOND) }))
      .when(rotate('a', 'c', { overlap: 60 }), START + DAY)
      .then(deleted('b', { reason: 'EXPIRED' }), successor('a'), expirySet('a', START + DAY + 60 * SECOND));
  });

  it('never lengthens the life of the old key', () => {
    const end = START + DAY + SECOND;
    given(created('a', { expiresAt: at(end) }))
      .when(rotate('a', 'c', { overlap: 60 }), START + DAY)
      .then(successor('a', { expiresAt: at(2 * DAY + START + SECOND), lifetime: DAY + SECOND }), expirySet('a', end));
  });
});

it('gives the successor the scopes of the old key', () => {
  given(created('a', { scopes: ['read', 'write'] }))
    .when(rotate('a', 'c'))
    .then(deleted('a', { reason: 'ROTATED', replacedBy: id('c') }), successor('a', { scopes: ['read', 'write'] }));
});

it('gives the successor the lifetime that the old key was made with, from now on', () => {
  given(created('a', { expiresAt: at(START + 10 * DAY) }), expirySet('a', START + 5 * DAY))
    .when(rotate('a', 'c'), START + 2 * DAY)
    .then(
      deleted('a', { reason: 'ROTATED', replacedBy: id('c') }),
      successor('a', { expiresAt: at(START + 12 * DAY), lifetime: 10 * DAY }),
    );
});

it('gives no expiry to the successor of a key that was made without one', () => {
  given(created('a'), expirySet('a', START + 5 * DAY))
    .when(rotate('a', 'c'))
    .then(deleted('a', { reason: 'ROTATED', replacedBy: id('c') }), successor('a'));
});

it('ends no later than a date can be written', () => {
  given(created('a', { expiresAt: '9999-12-31T23:59:59.999Z' }))
    .when(rotate('a', 'c'))
    .then(deleted('a', { reason: 'ROTATED', replacedBy: id('c') }), successor('a', { expiresAt: '9999-12-31T23:59:59.999Z' }));
});

it('replaces an expired key at once, whatever the overlap', () => {
  given(created('a', { expiresAt: at(START + SECOND) }))
    .when(rotate('a', 'c', { overlap: 60 }), START + DAY)
    .then(
      deleted('a', { reason: 'ROTATED', replacedBy: id('c') }),
      successor('a', { expiresAt: at(START + DAY + SECOND), lifetime: SECOND }),
    );
});

it('refuses a key that the account does not have', () => {
  given(created('a')).when(rotate('b', 'c')).thenRefused(KeyNotFound);
});

it('refuses a deleted key', () => {
  given(created('a'), deleted('a')).when(rotate('a', 'c')).thenRefused(KeyNotFound);
});

it('makes no second key for an idempotency key given again, before any other refusal', () => {
  given(created('a', { idempotencyKey: 'r' }), deleted('a'))
    .when(rotate('a', 'c', { idempotencyKey: 'r' }))
    .thenRefused(KeyAlreadyCreated);
});

it('tells whether the same rotation was asked for', () => {
  const first = created('c', { idempotencyKey: 'r', inputHash: inputHash(rotate('a', 'c', { overlap: 60 })) });
  const again = (command: RotateKey) => () => decide(fold([created('a'), first]), command, START);
  expect(again(rotate('a', 'd', { overlap: 60, idempotencyKey: 'r' }))).toThrow(expect.objectContaining({ sameInput: true }));
  expect(again(rotate('a', 'd', { overlap: 61, idempotencyKey: 'r' }))).toThrow(expect.objectContaining({ sameInput: false }));
  expect(again(rotate('c', 'd', { overlap: 60, idempotencyKey: 'r' }))).toThrow(expect.objectContaining({ sameInput: false }));
});
