import fc from 'fast-check';
import type { KeyEvent } from '../../../src/domain/keys/model.js';
import { SqliteEventStore } from '../../../src/store/sqlite/sqlite.js';
import { digestsByBatches } from '../../support/digests.js';
import { record } from '../../support/histories.js';
import { rounds } from '../../support/long.js';
import { at, created, DAY, deleted, expirySet, id, START } from '../../support/specification.js';

const key = fc.constantFrom('a', 'b', 'c');
const about = <Type extends 'KeyDisabled' | 'KeyEnabled'>(type: Type) =>
  key.map((letter) => ({ type, data: { keyId: id(letter) } }));
const end = fc.integer({ min: -1, max: 3 }).map((days) => START + days * DAY);

/** An event, whether or not it makes sense after those before it. Those of a key's life come often. */
const event: fc.Arbitrary<KeyEvent> = fc.oneof(
  { arbitrary: key.map((letter) => created(letter)), weight: 2 },
  fc.tuple(key, end).map(([letter, time]) => created(letter, { expiresAt: at(time) })),
  key.map((letter) => created(letter, { idempotencyKey: letter, replaces: id('a') })),
  { arbitrary: fc.tuple(key, end).map(([letter, time]) => expirySet(letter, time)), weight: 2 },
  { arbitrary: about('KeyDisabled'), weight: 3 },
  { arbitrary: about('KeyEnabled'), weight: 2 },
  key.map((letter): KeyEvent => ({ type: 'KeyRenamed', data: { keyId: id(letter), name: 'another name' } })),
  key.map((letter) => deleted(letter)),
  fc.constantFrom<KeyEvent>({ type: 'AccountFrozen', data: {} }, { type: 'AccountThawed', data: {} }),
);

it('gives every projection the same tables, whether it takes its events one by one or at once', async () => {
  const histories = fc.array(event, { minLength: 2, maxLength: 12, size: 'max' });
  await fc.assert(
    fc.asyncProperty(histories, async (events) => {
      const store = new SqliteEventStore(':memory:');
      await record(store, 'an-account', [created('a'), ...events]);
      const { oneByOne, atOnce } = await digestsByBatches(store, 'apiKeys');
      await store.close();
      expect(Object.keys(oneByOne)).toHaveLength(4);
      expect(oneByOne).toEqual(atOnce);
    }),
    { numRuns: rounds(200, 800) },
  );
});
