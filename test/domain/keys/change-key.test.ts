import { decide, evolve } from '../../../src/domain/keys/decide.js';
import { activeKeys, slots } from '../../../src/domain/keys/model.js';
import {
  IdempotencyKeyUsed,
  KeyAlreadyCreated,
  KeyIsDisabled,
  KeyLimitReached,
  KeyNotFound,
} from '../../../src/domain/keys/refusals.js';
import {
  at,
  create,
  created,
  DAY,
  deleted,
  disable,
  disabled,
  enable,
  enabled,
  fold,
  given,
  id,
  remove,
  rename,
  renamed,
  rotate,
  START,
} from '../../support/specification.js';

const soon = created('a', { expiresAt: at(START + DAY) });

describe('a rename', () => {
  it('gives the key another name, and nothing else', () => {
    given(created('a')).when(rename('a', 'new')).then(renamed('a', 'new'));
    const [before, after] = [fold([created('a')]), fold([created('a'), renamed('a', 'new')])];
    expect(after.keys.get(id('a'))).toEqual({ ...before.keys.get(id('a')), name: 'new' });
  });

  it('writes nothing if the key has the name already', () => {
    given(created('a')).when(rename('a', 'key a')).then();
  });

  it('is passed on to the successor', () => {
    given(created('a'), renamed('a', 'new'))
      .when(rotate('a', 'b'))
      .then(deleted('a', { reason: 'ROTATED', replacedBy: id('b') }), created('b', { name: 'new', replaces: id('a') }));
  });
});

describe('a disabled key', () => {
  it('does not authenticate, and keeps its slot', () => {
    const state = fold([created('a'), created('b'), disabled('a')]);
    expect(activeKeys(state, START + DAY).map(({ keyId }) => keyId)).toEqual([id('b')]);
    expect(slots(state, START + DAY)).toHaveLength(2);
    given(created('a'), created('b'), disabled('a')).when(create('c')).thenRefused(KeyLimitReached);
    given(created('a'), created('b'), disabled('a'), disabled('b')).when(create('c')).thenRefused(KeyLimitReached);
  });

  it('loses its slot when it expires, as any other', () => {
    given(soon, created('b'), disabled('a'))
      .when(create('c'), START + DAY - 1)
      .thenRefused(KeyLimitReached);
    given(soon, created('b'), disabled('a'))
      .when(create('c'), START + DAY)
      .then(deleted('a', { reason: 'EXPIRED' }), created('c'));
  });

  it('is enabled without a free slot', () => {
    given(created('a'), created('b'), disabled('a')).when(enable('a')).then(enabled('a'));
    const state = fold([created('a'), created('b'), disabled('a'), enabled('a')]);
    expect(activeKeys(state, START + DAY)).toHaveLength(2);
  });

  it('is not rotated, with and without an overlap', () => {
    for (const overlap of [0, 60])
      given(created('a'), disabled('a'))
        .when(rotate('a', 'b', { overlap }))
        .thenRefused(KeyIsDisabled);
    given(created('a'), disabled('a'), enabled('a'))
      .when(rotate('a', 'b'))
      .then(deleted('a', { reason: 'ROTATED', replacedBy: id('b') }), created('b', { name: 'key a', replaces: id('a') }));
  });

  it('can be renamed and deleted, and stays disabled when it is disabled again', () => {
    const history = given(created('a'), disabled('a'));
    history.when(rename('a', 'new')).then(renamed('a', 'new'));
    history.when(remove('a')).then(deleted('a'));
    history.when(disable('a')).then();
  });
});

it('enables no key that is not disabled', () => {
  given(created('a')).when(enable('a')).then();
});

it.each([rename('a', 'new'), disable('a'), enable('a')])('refuses $type for a key that is gone, or never was', (command) => {
  given().when(command).thenRefused(KeyNotFound);
  given(created('a'), deleted('a')).when(command).thenRefused(KeyNotFound);
});

describe('an idempotency key of a change', () => {
  it('makes the change once, whatever happened since', () => {
    given(created('a'), disabled('a', 'r'), enabled('a')).when(disable('a', 'r')).then();
    given(created('a'), renamed('a', 'new', 'r'), renamed('a', 'newer'))
      .when(rename('a', 'new', 'r'))
      .then();
  });

  it('is refused for another change, another key or another name', () => {
    const history = given(created('a'), created('b'), renamed('a', 'new', 'r'));
    for (const other of [rename('a', 'newer', 'r'), rename('b', 'new', 'r'), disable('a', 'r'), enable('a', 'r')])
      history.when(other).thenRefused(IdempotencyKeyUsed);
  });

  it('is refused for a new key, and that of a new key for a change', () => {
    given(created('a'), disabled('a', 'r'))
      .when(create('b', { idempotencyKey: 'r' }))
      .thenRefused(KeyAlreadyCreated);
    given(created('a', { idempotencyKey: 'r' }))
      .when(disable('a', 'r'))
      .thenRefused(IdempotencyKeyUsed);
  });

  it('is told before an expiry that has passed since, and never hides that the key is gone', () => {
    const state = fold([created('a'), disabled('a', 'r')]);
    const late = create('b', { idempotencyKey: 'r', expiresAt: START });
    expect(() => decide(state, late, START + DAY)).toThrow(KeyAlreadyCreated);
    given(created('a'), disabled('a', 'r'), deleted('a')).when(disable('a', 'r')).thenRefused(KeyNotFound);
  });
});

it('brings no deleted key back, whatever event about it comes later', () => {
  const state = fold([created('a'), deleted('a')]);
  for (const event of [renamed('a', 'new'), disabled('a'), enabled('a')])
    expect(evolve(state, { ...event, version: 3, at: at(START), actor: 'owner' }).keys.size).toBe(0);
});
