import { decide } from '../../src/domain/keys.js';
import { ExpiryInThePast, KeyAlreadyCreated, KeyLimitReached } from '../../src/domain/refusals.js';
import { create, created, DAY, deleted, fold, given, id, START } from '../support/specification.js';

it('creates the first key', () => {
  given().when(create('a')).then(created('a'));
});

it('creates a second key beside the first', () => {
  given(created('a')).when(create('b')).then(created('b'));
});

it('refuses a third key', () => {
  given(created('a'), created('b')).when(create('c')).thenRefused(KeyLimitReached);
});

it('creates a key in the place of a deleted one', () => {
  given(created('a'), created('b'), deleted('a')).when(create('c')).then(created('c'));
});

it('keeps name, scopes, expiry and request id', () => {
  const options = { requestId: 'r', expiresAt: START + 2 * DAY };
  given()
    .when(create('a', options))
    .then(created('a', { requestId: 'r', expiresAt: new Date(START + 2 * DAY).toISOString() }));
});

describe('an expired key', () => {
  const expired = created('a', { expiresAt: new Date(START + DAY).toISOString() });

  it('is deleted first when its place is needed', () => {
    given(expired, created('b'))
      .when(create('c'), START + DAY)
      .then(deleted('a', { reason: 'EXPIRED' }), created('c'));
  });

  it('stays while there is a place beside it', () => {
    given(expired)
      .when(create('b'), START + DAY)
      .then(created('b'));
  });

  it('makes room one at a time, the longest expired first', () => {
    const sooner = created('b', { expiresAt: new Date(START + DAY / 2).toISOString() });
    given(expired, sooner)
      .when(create('c'), START + 2 * DAY)
      .then(deleted('b', { reason: 'EXPIRED' }), created('c'));
  });

  it('holds its place until the instant of its expiry, and not from then on', () => {
    const history = given(expired, created('b'));
    history.when(create('c'), START + DAY - 1).thenRefused(KeyLimitReached);
    history.when(create('c'), START + DAY).then(deleted('a', { reason: 'EXPIRED' }), created('c'));
    history.when(create('c'), START + DAY + 1).then(deleted('a', { reason: 'EXPIRED' }), created('c'));
  });
});

it('refuses an expiry that is not in the future', () => {
  given()
    .when(create('a', { expiresAt: START + DAY }))
    .thenRefused(ExpiryInThePast);
  given()
    .when(create('a', { expiresAt: START + DAY - 1 }))
    .thenRefused(ExpiryInThePast);
  const expiresAt = START + DAY + 1;
  given()
    .when(create('a', { expiresAt }))
    .then(created('a', { expiresAt: new Date(expiresAt).toISOString() }));
});

describe('a request id given again', () => {
  const first = created('a', { requestId: 'r' });

  it('is told before an expiry that has passed since', () => {
    given(first)
      .when(create('b', { requestId: 'r', expiresAt: START }))
      .thenRefused(KeyAlreadyCreated);
  });

  it('makes no second key', () => {
    given(first)
      .when(create('b', { requestId: 'r' }))
      .thenRefused(KeyAlreadyCreated);
  });

  it('makes no second key after the first was deleted', () => {
    given(first, deleted('a'))
      .when(create('b', { requestId: 'r' }))
      .thenRefused(KeyAlreadyCreated);
  });

  it('is told before the limit is', () => {
    given(first, created('b'))
      .when(create('c', { requestId: 'r' }))
      .thenRefused(KeyAlreadyCreated);
  });

  it('names the key that it made, and shows it while it lives', () => {
    const again = create('c', { requestId: 'r' });
    const refusal = (events: Parameters<typeof fold>[0]) => {
      try {
        decide(fold(events), again, START + DAY);
      } catch (error) {
        return error as KeyAlreadyCreated;
      }
      throw new Error('It was not refused.');
    };
    expect(refusal([first])).toMatchObject({ keyId: id('a'), key: { name: 'key a' } });
    expect(refusal([first, deleted('a')])).toMatchObject({ keyId: id('a'), key: undefined });
  });
});

it('never issues an id again, even after the key was deleted', () => {
  expect(() => decide(fold([created('a'), deleted('a')]), create('a'), START + DAY)).toThrow(/issued before/);
});
