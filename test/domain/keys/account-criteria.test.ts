import { type AccountCriteria, matches } from '../../../src/domain/keys/account-criteria.js';
import type { KeyEvent } from '../../../src/domain/keys/model.js';
import { at, created, DAY, deleted, disabled, fold, frozen, id, START } from '../../support/specification.js';

const NOW = START + DAY;

/** Whether the account `Acme` with this history matches. Its first key was created at the start. */
function isFound(history: KeyEvent[], criteria: AccountCriteria, used: Record<string, number> = {}): boolean {
  const lastUsedAt = (keyId: string) => used[keyId];
  return matches(criteria, { accountId: 'Acme', state: fold(history), now: NOW, lastUsedAt });
}

it('every account matches where nothing is asked', () => {
  for (const history of [[], [created('a')], [created('a'), frozen()], [created('a'), created('b')]])
    expect(isFound(history, {})).toBe(true);
});

it.each<[search: string, found: boolean]>([
  ['Acme', true],
  ['aCM', true],
  ['robot OF', true],
  [id('b'), true],
  [id('B'), true],
  ['ACMES', false],
  [id('c'), false],
])('a search for %s: %p', (search, found) => {
  expect(isFound([created('a', { name: 'Robot of the shop' }), created('b')], { search })).toBe(found);
});

it('frozen accounts match, or those that are not', () => {
  for (const isFrozen of [true, false]) {
    const history = isFrozen ? [created('a'), frozen()] : [created('a')];
    expect(isFound(history, { frozen: true })).toBe(isFrozen);
    expect(isFound(history, { frozen: false })).toBe(!isFrozen);
  }
});

const soon = created('a', { expiresAt: at(NOW + 10) });
const expired = created('a', { expiresAt: at(NOW) });

it.each<[what: string, atLimit: boolean, history: KeyEvent[]]>([
  ['one key', false, [created('a')]],
  ['two keys', true, [created('a'), created('b')]],
  ['a disabled key beside another', true, [created('a'), created('b'), disabled('a')]],
  ['an expired key beside another', false, [expired, created('b')]],
])('an account with %s is at its limit: %p', (_what, atLimit, history) => {
  expect(isFound(history, { atLimit: true })).toBe(atLimit);
  expect(isFound(history, { atLimit: false })).toBe(!atLimit);
});

it.each<[what: string, found: boolean, history: KeyEvent[], expiringUntil: number]>([
  ['expires then', true, [soon], NOW + 10],
  ['expires later', false, [soon], NOW + 9],
  ['never expires', false, [created('a')], NOW + DAY],
  ['has expired', false, [expired], NOW + DAY],
  ['expires before, but is disabled', false, [soon, disabled('a')], NOW + DAY],
  ['expires before, beside one that does not', true, [soon, created('b')], NOW + DAY],
])('asked for keys that expire until then, a key that %s: %p', (_what, found, history, expiringUntil) => {
  expect(isFound(history, { expiringUntil })).toBe(found);
});

it.each<[what: string, found: boolean, history: KeyEvent[], lastUse: number | undefined, unusedSince: number]>([
  ['was created before', true, [created('a')], undefined, START + 1],
  ['was created then', false, [created('a')], undefined, START],
  ['was used before', true, [created('a')], START + 5, START + 6],
  ['was used then', false, [created('a')], START + 5, START + 5],
  ['was used before its creation, by a clock that was behind', false, [created('a')], START - 5, START],
  ['is disabled', false, [created('a'), disabled('a')], undefined, NOW],
  ['is deleted', false, [created('a'), deleted('a')], undefined, NOW],
])('asked for keys that are unused since then, a key that %s: %p', (_what, found, history, lastUse, unusedSince) => {
  expect(isFound(history, { unusedSince }, lastUse === undefined ? {} : { [id('a')]: lastUse })).toBe(found);
});

it('one key must expire and be unused where both is asked', () => {
  const both = { expiringUntil: NOW + 10, unusedSince: NOW };
  expect(isFound([soon, created('b')], both)).toBe(true);
  expect(isFound([soon, created('b')], both, { [id('a')]: NOW })).toBe(false);
});

it('an account must match everything that is asked', () => {
  const all = { search: 'acme', frozen: true, atLimit: true, expiringUntil: NOW + 10 };
  expect(isFound([soon, created('b'), frozen()], all)).toBe(true);
  for (const other of [{ search: 'b corp' }, { frozen: false }, { atLimit: false }, { expiringUntil: NOW }])
    expect(isFound([soon, created('b'), frozen()], { ...all, ...other })).toBe(false);
});
