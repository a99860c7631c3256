import { KeyNotFound } from '../../../src/domain/keys/refusals.js';
import { at, created, DAY, deleted, given, remove, START } from '../../support/specification.js';

it('deletes a key', () => {
  given(created('a')).when(remove('a')).then(deleted('a'));
});

it('says why', () => {
  given(created('a'))
    .when(remove('a', 'LEAKED'))
    .then(deleted('a', { reason: 'LEAKED' }));
});

it('deletes an expired key', () => {
  given(created('a', { expiresAt: at(START + 1) }))
    .when(remove('a'), START + DAY)
    .then(deleted('a'));
});

it('refuses a second time', () => {
  given(created('a'), deleted('a')).when(remove('a')).thenRefused(KeyNotFound);
});

it('refuses a key that the account does not have', () => {
  given(created('a')).when(remove('b')).thenRefused(KeyNotFound);
});
