import {
  type Change,
  type ExpiryChange,
  endOf,
  evolveActivity,
  type Figure,
  type HeldKey,
  limitSpanOf,
  NO_ACTIVITY,
} from '../../../src/domain/analytics/activity.js';
import type { KeyEvent } from '../../../src/domain/keys/model.js';
import { StreamGap } from '../../../src/domain/keys/refusals.js';
import {
  at,
  created,
  deleted,
  disabled,
  enabled,
  expirySet,
  frozen,
  id,
  pastEvent,
  renamed,
  timeOfVersion as t,
  thawed,
} from '../../support/specification.js';

/** The activity of the account after these events. */
function after(events: KeyEvent[]) {
  return events.reduce((state, event, index) => evolveActivity(state, pastEvent(event, index + 1)).next, NO_ACTIVITY);
}

/** The result of one more event after these. */
function evolved(given: KeyEvent[], event: KeyEvent) {
  return evolveActivity(after(given), pastEvent(event, given.length + 1));
}

const change = (figure: Figure, version: number, by = 1): Change => ({ figure, at: t(version), by });
const expiry = (version: number, by: number): ExpiryChange => ({ at: t(version), by });

const lasting = created('a');
const expiring = created('a', { expiresAt: at(t(9)) });

it.each<[what: string, given: KeyEvent[], event: KeyEvent, changes: Change[], expiries: ExpiryChange[]]>([
  ['the creation of a key', [], lasting, [change('created', 1), change('activeChange', 1)], []],
  [
    'the creation of a key that expires',
    [],
    expiring,
    [change('created', 1), change('activeChange', 1), change('activeChange', 9, -1)],
    [expiry(9, 1)],
  ],
  [
    'the creation of the last key that is allowed',
    [expiring],
    created('b'),
    [change('created', 2), change('activeChange', 2), change('atLimitChange', 2), change('atLimitChange', 9, -1)],
    [],
  ],
  [
    'the creation of a successor',
    [lasting, deleted('a')],
    created('b', { replaces: id('a') }),
    [change('created', 3), change('rotated', 3), change('activeChange', 3)],
    [],
  ],
  [
    'a deletion before the expiry',
    [expiring],
    deleted('a', { reason: 'LEAKED' }),
    [change('deletedLeaked', 2), change('activeChange', 9), change('activeChange', 2, -1)],
    [expiry(9, -1)],
  ],
  [
    'a deletion at the expiry',
    [created('a', { expiresAt: at(t(2)) })],
    deleted('a', { reason: 'EXPIRED' }),
    [change('deletedExpired', 2)],
    [expiry(2, -1)],
  ],
  ['an expiry that is set', [lasting], expirySet('a', t(5)), [change('activeChange', 5, -1)], [expiry(5, 1)]],
  [
    'an expiry that is set when the key has just expired',
    [created('a', { expiresAt: at(t(2)) })],
    expirySet('a', t(9)),
    [],
    [expiry(2, -1), expiry(9, 1)],
  ],
  ['a new name', [expiring], renamed('a', 'new'), [], [expiry(9, -1), expiry(9, 1)]],
  [
    'a key that is disabled',
    [expiring],
    disabled('a'),
    [change('disabled', 2), change('activeChange', 9), change('activeChange', 2, -1), change('disabledChange', 2)],
    [expiry(9, -1)],
  ],
  [
    'a key that is enabled',
    [expiring, disabled('a')],
    enabled('a'),
    [change('enabled', 3), change('activeChange', 3), change('activeChange', 9, -1), change('disabledChange', 3, -1)],
    [expiry(9, 1)],
  ],
])('counts %s', (_what, given, event, changes, expiries) => {
  expect(evolved(given, event)).toMatchObject({ changes, expiries });
});

it.each<[what: string, event: KeyEvent]>([
  ['the deletion of a key that is not held', deleted('b')],
  ['the expiry of one', expirySet('b', t(9))],
  ['one that is disabled', disabled('b')],
  ['one that is enabled', enabled('b')],
  ['the name of one', renamed('b', 'new')],
  ['a freeze', frozen()],
  ['a thaw', thawed()],
])('changes and counts nothing for %s', (_what, event) => {
  const { held } = after([expiring]);
  expect(evolved([expiring], event)).toEqual({ next: { version: 2, held }, changes: [], expiries: [] });
});

it('holds each key as the last event left it', () => {
  const a: HeldKey = { keyId: id('a'), createdAt: t(1), endsAt: t(9) };
  const b: HeldKey = { keyId: id('b'), createdAt: t(2) };
  const events = [expiring, created('b'), disabled('a'), enabled('a'), expirySet('b', t(7)), deleted('a')];
  expect(events.map((_event, index) => after(events.slice(0, index + 1)).held)).toEqual([
    [a],
    [a, b],
    [{ ...a, disabledAt: t(3) }, b],
    [a, b],
    [a, { ...b, endsAt: t(7) }],
    [{ ...b, endsAt: t(7) }],
  ]);
});

it('refuses an event that is not the next of its stream', () => {
  for (const version of [1, 3]) {
    expect(() => evolveActivity(after([lasting]), pastEvent(deleted('a'), version))).toThrow(StreamGap);
  }
});

it.each<[what: string, events: KeyEvent[], span: ReturnType<typeof limitSpanOf>]>([
  ['below its limit is in no span', [expiring], undefined],
  ['at its limit is there from its last key on', [lasting, created('b')], { since: t(2), until: undefined }],
  [
    'with one key that expires is there until then',
    [lasting, created('b', { expiresAt: at(t(8)) })],
    { since: t(2), until: t(8) },
  ],
  ['is there until the first key expires', [expiring, created('b', { expiresAt: at(t(8)) })], { since: t(2), until: t(8) }],
])('an account %s', (_what, events, span) => {
  expect(limitSpanOf(after(events).held)).toEqual(span);
});

it.each([
  ['at its deletion', undefined, t(3)],
  ['at its deletion, if that was before its expiry', t(9), t(3)],
  ['at its expiry, if that was before its deletion', t(2), t(2)],
])('a deleted key stopped authenticating %s', (_when, endsAt, end) => {
  expect(endOf({ endsAt }, t(3))).toBe(end);
});
