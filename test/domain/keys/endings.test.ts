import { type Ending, endingsDue, endingsOf, type Fate } from '../../../src/domain/keys/endings.js';
import type { KeyEvent } from '../../../src/domain/keys/model.js';
import {
  at,
  created,
  DAY,
  deleted,
  disabled,
  expirySet,
  fold,
  frozen,
  id,
  SECOND,
  START,
  thawed,
} from '../../support/specification.js';

const END = START + DAY;

describe('what the log lacks about the end of a key', () => {
  it.each<[fate: string, Fate, Ending[]]>([
    ['is held', {}, []],
    ['is held and enabled', { deleted: undefined, disabled: false, expiresAt: undefined }, []],
    ['was disabled', { disabled: true }, [disabled('a')]],
    ['expires', { expiresAt: END }, [expirySet('a', END)]],
    ['was disabled and expires', { disabled: true, expiresAt: END }, [disabled('a'), expirySet('a', END)]],
    [
      'was deleted, whatever else became of it',
      { deleted: { reason: 'ROTATED', replacedBy: id('b') }, disabled: true, expiresAt: END },
      [deleted('a', { reason: 'ROTATED', replacedBy: id('b') })],
    ],
  ])('that %s', (_what, fate, endings) => {
    const key = fold([created('a')]).keys.get(id('a'));
    expect(key && endingsOf(key, fate)).toEqual(endings);
  });

  it('is nothing that the log has', () => {
    const key = fold([created('a', { expiresAt: at(END) }), disabled('a')]).keys.get(id('a'));
    expect(key && endingsOf(key, { disabled: true, expiresAt: END })).toEqual([]);
  });
});

describe('of what ends keys, an account is due', () => {
  const freeze: Ending = { type: 'AccountFrozen', data: {} };
  const expiring = created('a', { expiresAt: at(END) });

  it.each<[what: string, history: KeyEvent[], ending: Ending, isDue: boolean]>([
    ['the deletion of a key', [created('a')], deleted('a'), true],
    ['the deletion of a disabled key', [created('a'), disabled('a')], deleted('a'), true],
    ['no second deletion', [created('a'), deleted('a')], deleted('a'), false],
    ['nothing about a key that it never held', [created('b')], disabled('a'), false],
    ['that a key is disabled', [created('a')], disabled('a'), true],
    ['no disabling of a disabled key', [created('a'), disabled('a')], disabled('a'), false],
    ['a first expiry', [created('a')], expirySet('a', END), true],
    ['an earlier expiry', [expiring], expirySet('a', END - 1), true],
    ['no equal expiry', [expiring], expirySet('a', END), false],
    ['no later expiry', [expiring], expirySet('a', END + SECOND), false],
    ['a freeze', [created('a')], freeze, true],
    ['a freeze after it was thawed', [created('a'), frozen(), thawed()], freeze, true],
    ['no freeze of what is frozen', [created('a'), frozen()], freeze, false],
  ])('%s', (_what, history, ending, isDue) => {
    expect(endingsDue(fold(history), [ending])).toEqual(isDue ? [ending] : []);
  });
});
