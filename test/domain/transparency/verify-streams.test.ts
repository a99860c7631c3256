import type { KeyEvent } from '../../../src/domain/keys/model.js';
import { StreamVerifier } from '../../../src/domain/transparency/verify-streams.js';
import {
  at,
  created,
  DAY,
  deleted,
  disabled,
  enabled,
  expirySet,
  frozen,
  id,
  pastEvent,
  renamed,
  START,
  thawed,
} from '../../support/specification.js';

/** What is found at each of an account's events, which are a second apart; the last has these members. */
function faultsOf(events: KeyEvent[], members: { version?: number; at?: string } = {}): (string | undefined)[] {
  const verifier = new StreamVerifier();
  return events.map((event, index) => {
    return verifier.add('acme', { ...pastEvent(event, index + 1), ...(index === events.length - 1 && members) });
  });
}

it.each<[what: string, events: KeyEvent[], members: { version?: number; at?: string }, fault: string]>([
  ['no first event', [created('a')], { version: 2 }, "version 2: the stream's next version is 1"],
  ['a version left out', [created('a'), created('b')], { version: 3 }, "version 3: the stream's next version is 2"],
  ['a version again', [created('a'), created('b')], { version: 1 }, "version 1: the stream's next version is 2"],
  [
    'a time that runs back',
    [created('a'), created('b')],
    { at: at(START - 1) },
    `version 2: its time ${at(START - 1)} is before ${at(START)}, the time of the event before it`,
  ],
  [
    'a key that is created while the account is frozen',
    [created('a'), frozen(), created('b')],
    {},
    `version 3: it creates ${id('b')} while the account is frozen`,
  ],
  [
    'a key that is enabled while the account is frozen',
    [created('a'), disabled('a'), frozen(), enabled('a')],
    {},
    `version 4: it enables ${id('a')} while the account is frozen`,
  ],
  ['a key created twice', [created('a'), created('a')], {}, `version 2: it creates ${id('a')}, which exists already`],
  ['the end of a key that is not there', [created('a'), deleted('b')], {}, `version 2: the account has no key ${id('b')}`],
  ['a third key', [created('a'), created('b'), created('c')], {}, 'version 3: it holds 3 keys'],
])('finds %s', (_what, events, members, fault) => {
  const expected = [...events.slice(1).map(() => undefined), `account acme, ${fault}`];
  expect(faultsOf(events, members)).toEqual(expected);
});

it('accepts all other changes while the account is frozen, and every change once it is thawed', () => {
  const whileFrozen = [renamed('a', 'new'), disabled('a'), expirySet('b', START + DAY), deleted('b'), frozen()];
  const events = [created('a'), created('b'), frozen(), ...whileFrozen, thawed(), created('c'), enabled('a')];
  expect(faultsOf(events)).toEqual(events.map(() => undefined));
});

it('accepts an event at the time of the one before it', () => {
  expect(faultsOf([created('a'), created('b')], { at: at(START) })).toEqual([undefined, undefined]);
});

it('accepts a new key in the place of one that was deleted', () => {
  expect(faultsOf([created('a'), deleted('a'), created('b'), created('c')])).toEqual(Array(4).fill(undefined));
});
