import { deletedKey } from '../../../src/domain/keys/deleted-key.js';
import type { KeyEvent } from '../../../src/domain/keys/model.js';
import { at, created, deleted, expirySet, id, START } from '../../support/specification.js';

/** The events, one second apart from the start on. */
function stream(...events: KeyEvent[]) {
  return events.map((event, index) => ({
    ...event,
    version: index + 1,
    at: at(START + 1000 * index),
    actor: `actor ${index}`,
  }));
}

it('is what its creation says, and how it ended', () => {
  const events = stream(
    created('b', { replaces: id('a'), scopes: ['read'] }),
    deleted('b', { reason: 'ROTATED', replacedBy: id('c') }),
  );
  expect(deletedKey(events)).toEqual({
    keyId: id('b'),
    name: 'key b',
    hint: 'bbbb',
    scopes: ['read'],
    createdAt: START,
    createdBy: 'actor 0',
    replaces: id('a'),
    deletedAt: START + 1000,
    deletedBy: 'actor 1',
    reason: 'ROTATED',
    replacedBy: id('c'),
  });
});

it('has the expiry that was set last', () => {
  const events = [created('a', { expiresAt: at(START + 9000) }), expirySet('a', START + 5000), expirySet('a', START + 4000)];
  expect(deletedKey(stream(...events, deleted('a')))).toMatchObject({ expiresAt: START + 4000, lifetime: 9000 });
});

it.each<[string, KeyEvent[]]>([
  ['nothing', []],
  ['a key that is held', [created('a'), expirySet('a', START)]],
  ['a deletion alone', [deleted('a')]],
])('is not there for %s', (_what, events) => {
  expect(deletedKey(stream(...events))).toBeUndefined();
});
