import { evolve } from '../../../src/domain/keys/decide.js';
import { NO_KEYS } from '../../../src/domain/keys/model.js';
import { StreamGap } from '../../../src/domain/keys/refusals.js';
import { at, created, deleted, disabled, expirySet, fold, frozen, id, renamed, START } from '../../support/specification.js';

it('refuses an event that is not the next of its stream', () => {
  const state = fold([created('a')]);
  const event = (version: number) => ({ ...deleted('a'), version, at: at(START), actor: 'owner' });
  expect(() => evolve(state, event(1))).toThrow(StreamGap);
  expect(() => evolve(state, event(3))).toThrow(StreamGap);
  expect(() => evolve(state, event(3))).toThrow(
    'The next event of the account should have version 2, but has version 3. Events are missing from the store: restore them.',
  );
  expect(evolve(state, event(2)).version).toBe(2);
});

it('leaves the state that it starts from as it was', () => {
  const before = fold([created('a', { idempotencyKey: 'r' })]);
  fold([created('b', { idempotencyKey: 's' }), deleted('a')], before);
  expect([...before.keys.keys()]).toEqual([id('a')]);
  expect([...before.made.keys()]).toEqual(['r']);
  expect([...before.issued]).toEqual([id('a')]);
});

it('remembers ids and idempotency keys of deleted keys', () => {
  const state = fold([created('a', { idempotencyKey: 'r' }), deleted('a')]);
  expect(state.keys.size).toBe(0);
  expect(state.issued.has(id('a'))).toBe(true);
  expect(state.made.get('r')?.keyId).toBe(id('a'));
});

it('remembers no id but those of created keys, and nothing of requests without an idempotency key', () => {
  const first = created('a', { idempotencyKey: undefined });
  const state = fold([first, renamed('a', 'new'), disabled('a'), expirySet('a', START), frozen()]);
  expect(state.issued).toEqual(new Set([id('a')]));
  expect(state.made).toEqual(new Map());
});

it('takes the end of an overlap for the expiry of the old key, and keeps the lifetime it was made with', () => {
  const end = START + 1000;
  const state = fold([created('a', { expiresAt: at(START + 5000) }), expirySet('a', end)]);
  expect(state.keys.get(id('a'))).toMatchObject({ expiresAt: end, lifetime: 5000 });
  expect(fold([], NO_KEYS).version).toBe(0);
});
