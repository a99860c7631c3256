import { decide } from '../../../src/domain/keys/decide.js';
import { type CreateKey, type KeyEvent, NO_KEYS } from '../../../src/domain/keys/model.js';
import { ExpiryInThePast, KeyAlreadyCreated, KeyLimitReached } from '../../../src/domain/keys/refusals.js';
import {
  at,
  create,
  created,
  DAY,
  deleted,
  expirySet,
  fold,
  given,
  id,
  material,
  rotate,
  START,
} from '../../support/specification.js';

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

it('keeps name, scopes, expiry and idempotency key', () => {
  const options = { idempotencyKey: 'r', expiresAt: START + 2 * DAY };
  given()
    .when(create('a', options))
    .then(created('a', { idempotencyKey: 'r', expiresAt: new Date(START + 2 * DAY).toISOString(), lifetime: DAY }));
});

describe('an expired key', () => {
  const expired = created('a', { expiresAt: new Date(START + DAY).toISOString() });

  it('is deleted first when its slot is needed', () => {
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
    for (const history of [given(expired, sooner), given(sooner, expired)])
      history.when(create('c'), START + 2 * DAY).then(deleted('b', { reason: 'EXPIRED' }), created('c'));
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
    .then(created('a', { expiresAt: new Date(expiresAt).toISOString(), lifetime: 1 }));
});

describe('after an event from a clock that was ahead', () => {
  const YEAR = 365 * DAY;
  const ahead = (events: KeyEvent[]) => fold(events, NO_KEYS, START + YEAR);

  it('deletes no key that still works to make room', () => {
    const state = ahead([created('a', { expiresAt: at(START + 2 * DAY) }), created('b')]);
    expect(() => decide(state, create('c'), START + DAY)).toThrow(KeyLimitReached);
  });

  it('takes an expiry that is in the future of whoever decides', () => {
    const expiresAt = START + 2 * DAY;
    const [event] = decide(ahead([created('a')]), create('b', { expiresAt }), START + DAY);
    expect(event).toEqual(created('b', { expiresAt: at(expiresAt), lifetime: DAY }));
  });

  it('counts the overlap and the life of a successor from the present', () => {
    const state = ahead([created('a', { expiresAt: at(START + 10 * DAY), lifetime: 10 * DAY })]);
    const [successor, old] = decide(state, rotate('a', 'c', { overlap: 60 }), START + DAY);
    expect(successor?.data).toMatchObject({ expiresAt: at(START + 11 * DAY), lifetime: 10 * DAY });
    expect(old).toEqual(expirySet('a', START + DAY + 60_000));
  });
});

describe('an idempotency key given again', () => {
  const first = created('a', { idempotencyKey: 'r' });

  it('is told before an expiry that has passed since', () => {
    given(first)
      .when(create('b', { idempotencyKey: 'r', expiresAt: START }))
      .thenRefused(KeyAlreadyCreated);
  });

  it('makes no second key', () => {
    given(first)
      .when(create('b', { idempotencyKey: 'r' }))
      .thenRefused(KeyAlreadyCreated);
  });

  it('makes no second key after the first was deleted', () => {
    given(first, deleted('a'))
      .when(create('b', { idempotencyKey: 'r' }))
      .thenRefused(KeyAlreadyCreated);
  });

  it('is told before the limit is', () => {
    given(first, created('b'))
      .when(create('c', { idempotencyKey: 'r' }))
      .thenRefused(KeyAlreadyCreated);
  });

  it('names the key that it made, and shows it while it lives', () => {
    const again = create('c', { idempotencyKey: 'r' });
    const refusal = (events: Parameters<typeof fold>[0]) => {
      try {
        decide(fold(events), again, START + DAY);
      } catch (error) {
        return error as KeyAlreadyCreated;
      }
      throw new Error('It was not refused.');
    };
    expect(refusal([first])).toMatchObject({ keyId: id('a'), existingKey: { name: 'key a' } });
    expect(refusal([first, deleted('a')])).toMatchObject({ keyId: id('a'), existingKey: undefined });
  });

  it.each<[string, Partial<CreateKey>, boolean]>([
    ['the same', {}, true],
    ['its scopes in another order', { scopes: ['b', 'a'] }, true],
    ['another name', { name: 'another' }, false],
    ['a scope more', { scopes: ['a', 'b', 'c'] }, false],
    ['an expiry', { expiresAt: at(START + 2 * DAY) }, false],
  ])('tells whether the same was asked for: %s', (_what, change, sameInput) => {
    const asked = { type: 'CreateKey' as const, key: material('a'), name: 'a', scopes: ['a', 'b'], idempotencyKey: 'r' };
    const state = fold(decide(NO_KEYS, asked, START));
    const again = { ...asked, key: material('b'), ...change };
    expect(() => decide(state, again, START + DAY)).toThrow(expect.objectContaining({ sameInput }));
    expect(() => decide(state, rotate('a', 'b', { idempotencyKey: 'r' }), START)).toThrow(
      expect.objectContaining({ sameInput: false }),
    );
  });
});

it('never issues an id again, even after the key was deleted', () => {
  expect(() => decide(fold([created('a'), deleted('a')]), create('a'), START + DAY)).toThrow(/issued before/);
});
