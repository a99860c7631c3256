import { decide, evolve } from '../../../src/domain/keys/decide.js';
import { NO_KEYS } from '../../../src/domain/keys/model.js';
import {
  AccountIsFrozen,
  AccountNotFound,
  KeyAlreadyCreated,
  KeyIsDisabled,
  KeyNotFound,
} from '../../../src/domain/keys/refusals.js';
import {
  create,
  created,
  DAY,
  deleted,
  disable,
  disabled,
  enable,
  enabled,
  fold,
  freeze,
  frozen,
  given,
  remove,
  rename,
  renamed,
  revoke,
  rotate,
  START,
  thaw,
  thawed,
} from '../../support/specification.js';

const revoked = (letter: string, note?: string) => deleted(letter, { reason: 'REVOKED', ...(note !== undefined && { note }) });

describe('a frozen account', () => {
  const history = given(created('a'), created('b'), disabled('b'), frozen());

  it('refuses to create, to rotate and to enable', () => {
    for (const command of [create('c'), rotate('a', 'c'), rotate('a', 'c', { overlap: 60 }), enable('b')])
      history.when(command).thenRefused(AccountIsFrozen);
    given(created('a'), frozen()).when(create('b')).thenRefused(AccountIsFrozen);
  });

  it('lets keys be deleted, disabled and renamed', () => {
    history.when(remove('a')).then(deleted('a'));
    history.when(remove('a', 'LEAKED')).then(deleted('a', { reason: 'LEAKED' }));
    history.when(revoke()).then(revoked('a'), revoked('b'));
    history.when(disable('a')).then(disabled('a'));
    history.when(rename('a', 'new')).then(renamed('a', 'new'));
  });

  it('tells a repeated request what it made, and says first that a key is gone', () => {
    given(created('a', { idempotencyKey: 'r' }), frozen())
      .when(create('b', { idempotencyKey: 'r' }))
      .thenRefused(KeyAlreadyCreated);
    history.when(rotate('z', 'c')).thenRefused(KeyNotFound);
    given(created('a'), frozen()).when(enable('a')).then();
  });

  it('is as before once it is thawed', () => {
    const after = given(created('a'), disabled('a'), frozen(), thawed());
    after.when(create('b')).then(created('b'));
    after.when(enable('a')).then(enabled('a'));
    after.when(rotate('a', 'b')).thenRefused(KeyIsDisabled);
  });

  it('is frozen since the first of several events, whatever happens to its keys', () => {
    const state = fold([created('a'), frozen(), frozen(), renamed('a', 'new'), disabled('a'), deleted('a')]);
    expect(state.frozenAt).toBe(START + 1);
    expect(fold([created('a'), frozen(), thawed()]).frozenAt).toBeUndefined();
  });
});

it('freezes and thaws once, and keeps the note', () => {
  given(created('a')).when({ type: 'FreezeAccount', note: 'why' }).then(frozen('why'));
  given(created('a'), frozen()).when(freeze).then();
  given(created('a'), frozen()).when({ type: 'ThawAccount', note: 'why' }).then(thawed('why'));
  given(created('a')).when(thaw).then();
});

it('knows no account that never held a key', () => {
  for (const command of [freeze, thaw, revoke(), revoke('a')]) given().when(command).thenRefused(AccountNotFound);
});

describe('a revocation', () => {
  it('deletes all keys at once, expired and disabled ones too', () => {
    const expired = created('a', { expiresAt: new Date(START + 1000).toISOString() });
    given(expired, created('b'), disabled('b')).when(revoke(undefined, 'why')).then(revoked('a', 'why'), revoked('b', 'why'));
  });

  it('deletes those that are named and held, and no other', () => {
    given(created('a'), created('b')).when(revoke('bz')).then(revoked('b'));
    given(created('a'), deleted('a')).when(revoke('a')).then();
    given(created('a'), deleted('a')).when(revoke()).then();
  });

  it('of one key keeps its note', () => {
    const command = { type: 'DeleteKey', keyId: created('a').data.keyId, reason: 'REVOKED', note: 'why' } as const;
    given(created('a')).when(command).then(revoked('a', 'why'));
  });

  it('is for good', () => {
    const state = fold([created('a'), created('b'), revoked('a'), revoked('b')]);
    expect(state.keys.size).toBe(0);
    expect(() => decide(state, create('a'), START + DAY)).toThrow(/issued before/);
    expect(evolve(state, { ...enabled('a'), version: 5, at: new Date(START).toISOString(), actor: 'x' }).keys.size).toBe(0);
    expect(NO_KEYS.frozenAt).toBeUndefined();
  });
});
